// The tables as functions on a Transaction: every SQL text of this program is in store/. Rules are not checked here but by the use cases in
// `server`; what the schema itself forbids (a second record with the same pin or name) throws StorageFailure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hierarchy/accounts.h"
#include "hierarchy/audit_chain.h"
#include "hierarchy/history.h"
#include "hierarchy/records.h"
#include "store/database.h"

namespace daikan::store {

// Settings of this server that are made once or rarely: "server_id", "server_name", …
std::optional<std::string> find_setting(Transaction&, std::string_view key);
void put_setting(Transaction&, std::string_view key, std::string_view value);

// Groups. The root group is made by the first migration's caller (server start), not by the schema.
std::vector<hierarchy::Group> all_groups(Transaction&);
void insert_group(Transaction&, const hierarchy::Group&);
/// Writes parent, name and revision.
void update_group(Transaction&, const hierarchy::Group&);
void remove_group(Transaction&, const GroupId&);

// Secondaries, oldest first: unique by pin, and by name without regard to ASCII case.
std::vector<hierarchy::SecondaryRecord> all_secondaries(Transaction&);
/// How many are attached to each group that has any; reads an index, not the records.
std::unordered_map<GroupId, std::size_t> count_secondaries(Transaction&);
std::optional<hierarchy::SecondaryRecord> find_secondary(Transaction&, const RegistrationId&);
void insert_secondary(Transaction&, const hierarchy::SecondaryRecord&);
/// Writes every field but created_at; revision becomes record.revision. False when the record is gone or its revision is not `expected`.
bool update_secondary(Transaction&, const hierarchy::SecondaryRecord&, std::int64_t expected_revision);
bool remove_secondary(Transaction&, const RegistrationId&);
/// What a hello teaches; does not touch revision. The link is agreed again: ended_at is emptied.
void record_secondary_hello(Transaction&, const RegistrationId&, const ServerId&, std::string_view version, TimePoint connected_at);

/// The secondary said that it has left; does not touch revision.
void record_secondary_ended(Transaction&, const RegistrationId&, TimePoint at);

// This server's primary: at most one.
std::optional<hierarchy::PrimaryRecord> find_primary(Transaction&);
void put_primary(Transaction&, const hierarchy::PrimaryRecord&);
bool remove_primary(Transaction&);
struct PrimaryHello {
  Pin pin;  ///< Whose hello it is: one that was overtaken by another primary changes nothing.
  ServerId server_id;
  std::string name;
  std::string version;
  TimePoint connected_at;
};
void record_primary_hello(Transaction&, const PrimaryHello&);
/// The primary with this pin said that it removed this server; does not touch revision.
void record_primary_ended(Transaction&, const Pin&, TimePoint at);

// Unrecognised servers: bounded. A source that has more than its share loses its own row that was seen longest ago; when all have too many,
// the source with the most does. Ignored rows are outside these bounds and stay. A record with a known pin adds its attempts to the row,
// which keeps its first_seen and whether it is ignored.
struct UnrecognisedBounds {
  std::size_t in_all = 1;      ///< At least 1: the record itself always stays.
  std::size_t per_source = 1;  ///< Likewise. Sources are those of source_key().
};
/// Returns how many attempts the row counts now.
std::int64_t record_unrecognised(Transaction&, const hierarchy::UnrecognisedRecord&, UnrecognisedBounds bounds);
/// Since when the row is ignored; nothing: it is not. False when there is no such row.
bool update_ignored(Transaction&, const Pin&, const std::optional<TimePoint>& ignored_at);
std::vector<hierarchy::UnrecognisedRecord> all_unrecognised(Transaction&);
bool remove_unrecognised(Transaction&, const Pin&);

// Accounts and what proves them.
std::int64_t count_accounts(Transaction&);
void insert_account(Transaction&, const hierarchy::Account&);
std::optional<hierarchy::Account> find_account(Transaction&, std::string_view name);
std::optional<hierarchy::Account> find_account(Transaction&, const AccountId&);
void update_password(Transaction&, const AccountId&, std::string_view password_hash);
void insert_credential(Transaction&, const hierarchy::Credential&);
std::optional<hierarchy::Credential> find_credential(Transaction&, std::string_view secret_hash);
std::vector<hierarchy::Credential> credentials_of(Transaction&, const AccountId&);
void touch_credential(Transaction&, const TokenId&, TimePoint last_used_at, TimePoint expires_at);
bool remove_credential(Transaction&, const TokenId&);
std::int64_t remove_expired_credentials(Transaction&, TimePoint now);

// Events and audit: append and page. `sequence` is counted up within the transaction (it survives trimming) and returned.
std::int64_t append_event(Transaction&, const hierarchy::Event&);
struct EventQuery {
  std::int64_t after = 0;   ///< sequence > after (ascending), for live tails
  std::int64_t before = 0;  ///< 0: unset; else sequence < before (descending), for pages; the largest value begins at the newest
  unsigned limit = 100;
};
std::vector<hierarchy::Event> events(Transaction&, const EventQuery&, const hierarchy::EventFilter& = {});
std::int64_t trim_events(Transaction&, TimePoint older_than);
std::int64_t trim_events(Transaction&, hierarchy::Severity, TimePoint older_than);  ///< Of this severity only.
/// Chained to the record before it; the hashes of `record` are not looked at.
std::int64_t append_audit(Transaction&, const hierarchy::AuditRecord& record);
std::vector<hierarchy::AuditRecord> audit_records(Transaction&, const EventQuery&, const hierarchy::AuditFilter& = {});
/// Gives hashes to the records of a schema before version 4, once; append_audit calls it where that is still to be done.
void chain_audit(Transaction&);
/// Where the chain begins and ends. In a schema whose records are not chained yet: from the beginning to the beginning.
hierarchy::AuditChain audit_chain(Transaction&);
/// Removes the records before the first one that is not older, and keeps the last hash of what went as the anchor. Returns how many.
std::int64_t trim_audit(Transaction&, TimePoint older_than);

// Long operations, newest first. put_operation inserts, or replaces everything but created_at.
void put_operation(Transaction&, const hierarchy::OperationRecord&);
std::optional<hierarchy::OperationRecord> find_operation(Transaction&, const OperationId&);
std::vector<hierarchy::OperationRecord> operations(Transaction&, unsigned limit);

// Idempotency-Key of creates. What was made is claimed in the transaction that makes it; the answer follows once it is known. A claim
// without an answer (status 0) is what a crash in between leaves: what `made` names is then looked up.
struct StoredAnswer {
  std::string request_hash;  ///< SHA-256 of method, path and body
  int status = 0;            ///< 0: made, but not answered yet.
  std::string body;
  std::string made = {};  ///< Id of what was made; empty when the use case does not claim.
};
std::optional<StoredAnswer> find_answer(Transaction&, std::string_view account, std::string_view key);
/// In the transaction of the change; a second claim of one key throws StorageFailure.
void claim_answer(Transaction&, std::string_view account, std::string_view key, const StoredAnswer&, TimePoint at);
/// `made` of the claim stays.
void put_answer(Transaction&, std::string_view account, std::string_view key, const StoredAnswer&, TimePoint at);
std::int64_t trim_answers(Transaction&, TimePoint older_than);

}  // namespace daikan::store
