// Every bound of the program in one place, with its unit and its reason. "Everything is bounded, by direction and by trust."
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace daikan::limits {

using namespace std::chrono_literals;

// Ports (joining.md J3).
inline constexpr std::uint16_t kLinkPort = 13000;
inline constexpr std::uint16_t kConsolePort = 13291;

// Names and texts a person types, bytes of UTF-8. Long enough for any real name, short enough to show.
inline constexpr std::size_t kMaxNameBytes = 128;
inline constexpr std::size_t kMaxAddressBytes = 253;  // RFC 1035: a full domain name
inline constexpr std::size_t kMaxPasswordBytes = 1024;

// The tree (joining.md J1).
inline constexpr unsigned kDefaultMaxDepth = 16;
inline constexpr unsigned kHighestMaxDepth = 64;
inline constexpr std::size_t kMaxGroupDepth = 32;
inline constexpr std::size_t kMaxGroups = 100'000;

// Certificate files: one P-256 certificate is under 1 KiB, an RSA-4096 one with many names under 8 KiB.
inline constexpr std::size_t kMaxCertificateFileBytes = 64 * 1024;

// What an unknown peer may send as its certificate before the pin is looked up (OpenSSL's own bound is 100 KiB).
inline constexpr std::size_t kMaxPeerCertificateBytes = 16 * 1024;

// Invitation files: a certificate, a key, addresses and a signature are under 3 KiB; a certificate with many names is larger.
inline constexpr std::size_t kMaxInvitationFileBytes = 64 * 1024;
inline constexpr std::size_t kMaxInvitationAddresses = 8;               // tried one after another by the joining server
inline constexpr std::size_t kMaxInvitations = 1000;                    // kept: open ones, and ended ones until kInvitationKept
inline constexpr auto kInvitationTime = std::chrono::days(7);           // unless another time is asked for
inline constexpr auto kLongestInvitationTime = std::chrono::days(366);  // a key in a file should not live longer
inline constexpr auto kInvitationKept = std::chrono::days(30);  // after its end: for so long a late guest is told why, not only refused
inline constexpr unsigned kMaxGuestsAtOnce = 16;                // connections with a bootstrap key; each lives for kGuestTime at most
inline constexpr auto kGuestTime = std::chrono::seconds(20);
inline constexpr auto kInvitedJoinTime = std::chrono::seconds(60);  // all addresses of an invitation together; a console waits for it

// This server's own key and certificate.
inline constexpr auto kRenewBefore = std::chrono::days(90);            // before the end a certificate is renewed with the same key
inline constexpr std::size_t kMaxSignatureBytes = 1024;                // RSA-8192; P-256 needs 72
inline constexpr auto kRollOverPause = std::chrono::milliseconds(10);  // between the links that are made anew after a switch: 100 a second
inline constexpr std::size_t kMaxOwnKeyFileBytes = 64 * 1024;          // PKCS#12 or PEM with its chain, as an administrator brings it
inline constexpr std::size_t kMaxOwnChain =
    8;  // certificates beside the server's own; with it kMaxPeerCertificateBytes, which a client reads
inline constexpr int kMaxKeyFileIterations = 1'000'000;  // that deriving a key from a passphrase may take: about a second each

// HTTP messages, both ports.
inline constexpr std::size_t kMaxHeaderListBytes = 16 * 1024;
inline constexpr std::size_t kMaxMessageBytes = 4 * 1024 * 1024;  // a message on a link
inline constexpr std::size_t kMaxJsonBytes = 1024 * 1024;         // a request body on the console port
inline constexpr unsigned kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxConsoleAnswerBytes = 32 * 1024 * 1024;  // what a console client reads: the tree of 10,000 servers
inline constexpr unsigned kMaxConsoleAnswerDepth = 512;                  // the tree at kHighestMaxDepth nests four levels per server
inline constexpr std::size_t kMaxHelloBytes = 32 * 1024;                 // 64 path entries and 64 capabilities are under 16 KiB
inline constexpr std::size_t kMaxCapabilities = 64;                      // in a hello
inline constexpr std::size_t kMaxCapabilityBytes = 64;                   // each
inline constexpr std::size_t kMaxLinkTextBytes = 2048;  // a message or remedy on a link: a sentence with a path of 16 names in it
inline constexpr unsigned kMaxConcurrentStreams = 64;
inline constexpr std::size_t kStreamWindowBytes = 64 * 1024;  // received and not yet read, per stream
// Received and not yet read, per connection: every stream's window, so that streams nobody reads cannot block those somebody does.
inline constexpr std::size_t kConnectionWindowBytes = kMaxConcurrentStreams * kStreamWindowBytes;

// HTTP/2 abuse: a token bucket per connection, refilled every second. A frame that costs the peer less than it costs us takes tokens
// (PING, SETTINGS, empty DATA, PRIORITY, WINDOW_UPDATE, RST_STREAM received or provoked).
inline constexpr unsigned kControlFrameBurst = 400;
inline constexpr unsigned kControlFramesPerSecond = 100;

// Time.
inline constexpr auto kHandshakeTime = 10s;        // TCP accept to TLS done (accepting side)
inline constexpr auto kDialTime = 20s;             // name, TCP, proxy, TLS and first SETTINGS together (dialling side)
inline constexpr auto kRequestHeaderTime = 15s;    // first byte to complete head on 13291
inline constexpr auto kIdleConnectionTime = 120s;  // keep-alive on 13291
inline constexpr auto kWriteStallTime = 30s;       // a peer that takes no byte for this long is gone
inline constexpr auto kHelloTime = 10s;
inline constexpr auto kFarewellTime = 5s;      // until the answer to a farewell; then the connection is closed without it
inline constexpr auto kSettleTime = 5s;        // an accepted hello after one taken back counts when it was not taken back for this long
inline constexpr auto kPathKept = 5min;        // ancestors of a lost link: a primary's restart must not ripple through the tree below
inline constexpr auto kClockSkewWarned = 60s;  // clocks further apart are worth an event
inline constexpr auto kPingAfterIdle = 10s;
inline constexpr auto kPingAnswerTime = 5s;
inline constexpr auto kRelayAnswerTime = 60s;  // until the head of the answer
inline constexpr auto kShutdownTime = 5s;

inline constexpr auto kConsoleAnswerTime = 75s;  // a console client waits for a whole answer: a relayed one, and a bit

// The link doctor. A check from both ends has to fit into kConsoleAnswerTime and, below, into kRelayAnswerTime.
inline constexpr auto kCheckHelloTime = 12s;                     // until a fresh hello is answered or given up, behind a dial of kDialTime
inline constexpr auto kCheckOtherEndTime = 40s;                  // until the other end has told what it sees
inline constexpr unsigned kMaxLinkChecksAtOnce = 4;              // each may hold a socket for kDialTime
inline constexpr std::size_t kMaxCheckAnswerBytes = 128 * 1024;  // the other end's report; ours are under 32 KiB

// Reconnect (link.md): exponential back-off with full jitter.
inline constexpr auto kBackoffFirst = 500ms;
inline constexpr auto kBackoffLongest = 60s;
inline constexpr auto kBackoffRefused = 30s;  // the shortest wait after a refusal (not registered, loop, version)
inline constexpr auto kBackoffResetAfter = 60s;

// Accepting side.
inline constexpr unsigned kMaxHandshakesInProgress = 128;
inline constexpr unsigned kMaxConsoleConnections = 1024;
inline constexpr unsigned kMaxConsoleConnectionsPerSource = 256;
inline constexpr std::size_t kMaxUnrecognised = 1000;  // records kept
inline constexpr unsigned kMaxConnectionsPerPeerPerMinute =
    120;                                                    // a registered peer that flaps: each connection costs a write and two events
inline constexpr unsigned kMaxUnrecognisedPerMinute = 300;  // from all sources
inline constexpr unsigned kMaxUnrecognisedPerSourcePerMinute = 10;
inline constexpr std::size_t kMaxUnrecognisedPerSource = 50;  // of kMaxUnrecognised: one source pushes out its own, nobody else's
inline constexpr std::size_t kMaxIgnoredServers = 1000;       // each ignored by a person; they are kept beside kMaxUnrecognised
inline constexpr std::size_t kMaxRefusalsKept = 32;           // refused connections remembered for the link doctor, under 1 KiB each

// Proxies: a status line and headers, or a SOCKS5 reply (RFC 1928: at most 262 bytes).
inline constexpr std::size_t kMaxProxyAnswerBytes = 8 * 1024;

// Accounts.
inline constexpr unsigned kMaxPasswordChecksAtOnce = 2;  // Argon2id holds 64 MiB each
inline constexpr std::size_t kMaxSessionsPerAccount = 64;
inline constexpr std::size_t kMaxTokensPerAccount = 256;
inline constexpr std::size_t kMaxAccounts = 10'000;         // shown as one list
inline constexpr std::size_t kMaxRoles = 256;               // looked through at every login
inline constexpr std::size_t kMaxListItems = 1000;          // in a list of a request body: the assignments of one user
inline constexpr unsigned kMaxQueuedPasswordChecks = 32;    // under two seconds of waiting
inline constexpr std::size_t kMaxLoginRecords = 4096;       // sources and accounts with failures, in memory
inline constexpr std::size_t kMaxCachedCredentials = 1024;  // proven secrets, for a few seconds
inline constexpr unsigned kMaxRefusalEventsPerMinute = 20;  // of refused logins: guessing must not fill the log of events
inline constexpr unsigned kMaxProbesAtOnce = 4;             // each may hold a socket for kDialTime
inline constexpr unsigned kMaxJoinsAtOnce = 16;             // long operations that run

// Database: what may wait for its threads (about a second of work at worst), how many units share one commit, how many read at once.
inline constexpr std::size_t kMaxQueuedDatabaseWork = 10'000;
inline constexpr std::size_t kMaxUnitsPerCommit = 256;  // bounds how long the first unit of a group waits for the last
inline constexpr unsigned kDatabaseReaders = 2;

// daikand's configuration: a file a person writes.
inline constexpr std::size_t kMaxConfigurationBytes = 256 * 1024;
inline constexpr std::size_t kMaxListeningAddresses = 32;  // a listening socket each

// Lists on the API.
inline constexpr unsigned kDefaultPage = 100;
inline constexpr unsigned kLargestPage = 1000;

// The console API.
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;        // path and query: 64 nested relay prefixes and room to spare
inline constexpr unsigned kMaxEventStreams = 512;               // live tails at once; each holds a page of events
inline constexpr unsigned kMaxExports = 8;                      // of events or audit records at once; each holds a page
inline constexpr unsigned kExportPage = 500;                    // records read and sent at once: some 200 KiB
inline constexpr std::size_t kMaxFilterBytes = 256;             // a text looked for in events or audit records
inline constexpr auto kEventHeartbeat = 15s;                    // a comment line; and how often a live tail's session is checked again
inline constexpr unsigned kMaxTreeRequests = 16;                // secondaries asked at once for one tree
inline constexpr std::size_t kMaxTreeBytes = 16 * 1024 * 1024;  // one secondary's subtree: some 40,000 servers
inline constexpr std::size_t kMaxTreeSurveyBytes = 32 * 1024 * 1024;  // all subtrees of one tree: what a console client reads
inline constexpr std::size_t kMaxTreeNodes = 100'000;                 // servers in one tree
inline constexpr std::size_t kMaxTreeValues = 1'000'000;          // JSON values of one subtree: 40,000 servers of 20 and room; under 64 MiB
inline constexpr std::size_t kMaxAnonymousJsonBytes = 16 * 1024;  // a login is under 2 KiB
inline constexpr auto kRequestBodyTime = 30s;                     // a JSON body on the console port: 1 MiB at 35 KB/s
inline constexpr unsigned kMaxRelayedPerLink = 48;               // of kMaxConcurrentStreams: hello, farewell and trees always find a stream
inline constexpr std::size_t kSharedTextPieceBytes = 16 * 1024;  // an HTTP/2 frame
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 128;      // a UUID and room to spare
inline constexpr std::size_t kMaxWebFileBytes = 16 * 1024 * 1024;     // one file of the web console
inline constexpr std::size_t kMaxWebFolderBytes = 128 * 1024 * 1024;  // all of them: they are kept in memory

// Shell completion: a person waits at the tab key.
inline constexpr auto kCompletionTimeout = 2s;

// Backups: what a file may claim before anything of it is believed, and what one may cost.
inline constexpr std::size_t kMinPassphraseBytes = 12;                  // the file can be guessed at without the server's limits
inline constexpr std::size_t kBackupChunkBytes = 64 * 1024;             // sealed at once
inline constexpr std::size_t kMaxBackupRecordBytes = 32 * 1024 * 1024;  // one row; the longest we store is a kept answer
inline constexpr std::size_t kMaxBackupTables = 256;
inline constexpr std::size_t kMaxBackupColumns = 128;  // of one table
inline constexpr std::size_t kMaxBackupKeyFiles = 64;  // keys and certificates beside the database, kMaxCertificateFileBytes each
inline constexpr std::size_t kBackupPageRows = 256;    // read from the database at once
inline constexpr std::uint64_t kMaxKeyDerivationBytes = 1024ULL * 1024 * 1024;  // memory a header may ask for; we write 64 MiB
inline constexpr std::uint64_t kMaxKeyDerivationPasses = 16;                    // we write 4

}  // namespace daikan::limits
