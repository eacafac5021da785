// Bounds of the feed: what a server keeps for its primary and what one record may be. Beside limits.h, for those that have to do with it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace daikan::limits {

inline constexpr std::size_t kMaxFeedSubjectBytes = 64;         // an id or the kind of an event
inline constexpr std::size_t kMaxFeedKindBytes = 32;            // a word or three
inline constexpr std::size_t kMaxFeedPayloadBytes = 16 * 1024;  // a message of kMaxLinkTextBytes, the names of 100 policies
inline constexpr std::size_t kMaxFeedFrameBytes = 20 * 1024;    // a record and its length
inline constexpr auto kFeedKept = std::chrono::days(7);         // cascade.md: for a primary that is away
inline constexpr std::uint64_t kMaxFeedBytes = 1024ULL * 1024 * 1024;
inline constexpr std::uint64_t kFeedRecordOverhead = 128;  // ids, numbers and an index entry beside the payload
inline constexpr unsigned kFeedPageRecords = 256;          // read from the database and sent at once
inline constexpr std::size_t kFeedPageBytes = 256 * 1024;
inline constexpr unsigned kFeedBatchRecords = 1000;                        // stored above in one transaction, at most
inline constexpr auto kFeedMarkSoon = std::chrono::seconds(1);             // after the last record, so that it is confirmed
inline constexpr auto kFeedMark = std::chrono::seconds(60);                // between marks of an idle feed: 10,000 of them are 170 a second
inline constexpr auto kFeedSilence = std::chrono::seconds(150);            // without a mark or a record the feed is asked for anew
inline constexpr auto kFeedConfirmEvery = std::chrono::milliseconds(500);  // records are confirmed together
inline constexpr auto kFeedRetry = std::chrono::seconds(5);                // after a feed that could not be read or stored
inline constexpr auto kStatusPause = std::chrono::milliseconds(200);       // changes of links are told together
inline constexpr auto kStatusSettle = std::chrono::seconds(5);             // a link that comes back sooner was not away
inline constexpr auto kStatusEvery = std::chrono::seconds(60);             // counts of groups, without any other reason
inline constexpr unsigned kMaxReportEvents = 10'000;                       // in one report: some 5 MiB
inline constexpr auto kTombstonesKept = std::chrono::days(90);             // longer than any record is on its way
inline constexpr std::uint64_t kMaxFeedNumber = 0x3fff'ffff'ffff'ffffULL;  // positions, epochs and sequences: no addition overflows

}  // namespace daikan::limits
