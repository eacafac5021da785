// The bounds of notifications, with unit and reason: a part of limits.h that only those include who send them.
#pragma once

#include <chrono>
#include <cstddef>

namespace daikan::limits {

using namespace std::chrono_literals;

// Mails and webhooks: ten at once, then one every half minute, each of which stands for everything since the last.
inline constexpr unsigned kNotificationBurst = 10;
inline constexpr auto kNotificationEvery = 30s;
inline constexpr auto kNotificationGather = 1s;      // what happens together becomes one notification
inline constexpr auto kNotificationTime = 30s;       // one delivery from name to answer
inline constexpr auto kNotificationRetryFirst = 5s;  // after a failure; doubled each time
inline constexpr auto kNotificationRetryLongest = 600s;
inline constexpr auto kNotificationFailureEvery = 3600s;  // events that tell of a failing destination, which others would tell on and on
inline constexpr unsigned kNotificationRefusals = 3;      // for good, in a row: then without its texts, then not at all
inline constexpr std::size_t kMaxEventsListed = 50;       // in one notification; the rest is a number
inline constexpr std::size_t kMaxEventsPerNotification = 10'000;  // that one notification stands for: 20 pages read
inline constexpr std::size_t kMaxDestinations = 32;               // each has a coroutine and reads the log
inline constexpr unsigned kMaxNotificationTests = 4;              // at once
inline constexpr std::size_t kMaxMailRecipients = 20;
inline constexpr std::size_t kMaxRuleKinds = 32;
inline constexpr std::size_t kMaxEventKindBytes = 64;
inline constexpr std::size_t kMaxWebhookUrlBytes = 1024;
inline constexpr std::size_t kMaxSmtpReplyBytes = 16 * 1024;  // all lines of one answer; RFC 5321 allows 512 bytes a line
inline constexpr std::size_t kMaxSyslogBytes = 2048;          // RFC 5424: what every receiver should take
inline constexpr auto kLingerTime = 1s;                       // for a peer without answers to break the connection

}  // namespace daikan::limits
