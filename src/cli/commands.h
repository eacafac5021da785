// Every command: what it is told and what runs it. The command line fills the options; the functions talk to the API and print.
#pragma once

#include <string>
#include <vector>

#include "cli/api_session.h"
#include "cli/context.h"

namespace daikan::cli {

struct NoOptions {};

// Without a session.
struct InitOptions {
  std::string data;
  std::string user;
  std::string password_file;
  std::string name;
  std::string database;
};
awaitable<Result<>> init(Context&, InitOptions);

struct LoginOptions {
  std::string url;
  std::string as;
  std::string user;
  std::string password_file;
  std::string fingerprint;
  std::string code_file;  ///< Of the second factor; "-": standard input.
};
awaitable<Result<>> login(Context&, LoginOptions);
awaitable<Result<>> logout(Context&, NoOptions);
awaitable<Result<>> profiles_list(Context&, NoOptions);
struct ProfileName {
  std::string name;
};
awaitable<Result<>> profiles_remove(Context&, ProfileName);
awaitable<Result<>> version(Context&, NoOptions);
struct CompletionShell {
  std::string shell;
};
awaitable<Result<>> completion_print(Context&, CompletionShell);
struct ConsoleOptions {
  int port;
  std::string web;  ///< Folder of the pages; empty: those installed beside the program.
};
/// Runs until Ctrl-C; then takes back joins that still run.
awaitable<Result<>> console_serve(Context&, ConsoleOptions);

// The server itself.
struct CertificateExport {
  std::string file;
  bool pem = false;
};
awaitable<Result<>> certificate_export(Context&, ApiSession&, CertificateExport);
awaitable<Result<>> certificate_show(Context&, ApiSession&, NoOptions);

/// PKCS#12, or PEM in up to three files.
struct CertificateSet {
  std::string file;
  std::string key;
  std::string chain;
  std::string password_file;
};
awaitable<Result<>> certificate_set(Context&, ApiSession&, CertificateSet);

awaitable<Result<>> roll_begin(Context&, ApiSession&, NoOptions);
awaitable<Result<>> roll_status(Context&, ApiSession&, NoOptions);
awaitable<Result<>> roll_finish(Context&, ApiSession&, NoOptions);
awaitable<Result<>> roll_cancel(Context&, ApiSession&, NoOptions);
// Backup and restore.
struct BackupOptions {
  std::string file;
  std::string passphrase_file;
};
awaitable<Result<>> backup(Context&, ApiSession&, BackupOptions);
struct RestoreOptions {
  std::string file;
  std::string passphrase_file;
  std::string data;
  std::string database;
};
awaitable<Result<>> restore(Context&, RestoreOptions);

// Groups.
struct GroupPath {
  std::string path;
};
awaitable<Result<>> group_add(Context&, ApiSession&, GroupPath);
awaitable<Result<>> group_list(Context&, ApiSession&, NoOptions);
struct GroupRename {
  std::string path;
  std::string name;
};
awaitable<Result<>> group_rename(Context&, ApiSession&, GroupRename);
struct GroupMove {
  std::string path;
  std::string to;
};
awaitable<Result<>> group_move(Context&, ApiSession&, GroupMove);
awaitable<Result<>> group_remove(Context&, ApiSession&, GroupPath);

// Secondaries.
struct SecondaryAdd {
  std::string address;  ///< Console of the secondary.
  std::string group;
  std::string name;
  std::string user;
  std::string password_file;
  std::string token_file;
  std::string code_file;
  std::string fingerprint;
  std::string primary_address;
  std::string primary_proxy;
  std::string primary_proxy_password_file;
  std::string certificate;
  std::string dmz;
  std::string proxy;
  std::string proxy_password_file;
  int wait_seconds = 60;
};
awaitable<Result<>> secondary_add(Context&, ApiSession&, SecondaryAdd);
struct SecondaryList {
  std::string group;
  std::string state;
};
awaitable<Result<>> secondary_list(Context&, ApiSession&, SecondaryList);
struct SecondaryName {
  std::string name;
};
awaitable<Result<>> secondary_show(Context&, ApiSession&, SecondaryName);
/// How the other server is reached; what is empty stays as it is.
struct DialOptions {
  std::string address;
  std::string proxy;
  std::string proxy_password_file;
  std::string certificate;
  bool no_proxy = false;
  bool dmz = false;
  bool no_dmz = false;
  bool untested = false;
};
struct SecondaryEdit {
  std::string secondary;
  std::string name;
  std::string group;
  DialOptions dial;
};
awaitable<Result<>> secondary_edit(Context&, ApiSession&, SecondaryEdit);
struct SecondaryMove {
  std::string secondary;
  std::string group;
};
awaitable<Result<>> secondary_move(Context&, ApiSession&, SecondaryMove);
awaitable<Result<>> secondary_remove(Context&, ApiSession&, SecondaryName);
struct UnrecognisedList {
  bool ignored = false;
};
awaitable<Result<>> unrecognised_list(Context&, ApiSession&, UnrecognisedList);
struct UnrecognisedAdd {
  std::string fingerprint;
  std::string group;
  std::string name;
};
awaitable<Result<>> unrecognised_add(Context&, ApiSession&, UnrecognisedAdd);
struct FingerprintOption {
  std::string fingerprint;
};
awaitable<Result<>> unrecognised_ignore(Context&, ApiSession&, FingerprintOption);
awaitable<Result<>> unrecognised_unignore(Context&, ApiSession&, FingerprintOption);
awaitable<Result<>> unrecognised_forget(Context&, ApiSession&, FingerprintOption);

// This server's primary.
struct PrimarySet {
  std::string address;
  std::string certificate;
  std::string proxy;
  std::string proxy_password_file;
  bool dmz = false;
  bool replace = false;
  std::string primary_may;  ///< Alone: only this is changed.
};
awaitable<Result<>> primary_set(Context&, ApiSession&, PrimarySet);
awaitable<Result<>> primary_edit(Context&, ApiSession&, DialOptions);
awaitable<Result<>> primary_show(Context&, ApiSession&, NoOptions);
struct PrimaryClear {
  bool remove_inherited = false;  ///< Instead of keeping it as own policies.
};
awaitable<Result<>> primary_clear(Context&, ApiSession&, PrimaryClear);
// Invitation files.
struct InviteOptions {
  std::string file;
  std::string group;
  std::string name;
  std::string expires = "7d";
  std::vector<std::string> addresses;
};
awaitable<Result<>> invite(Context&, ApiSession&, InviteOptions);
awaitable<Result<>> invitation_list(Context&, ApiSession&, NoOptions);
struct InvitationRevoke {
  std::string id;
};
awaitable<Result<>> invitation_revoke(Context&, ApiSession&, InvitationRevoke);
struct JoinOptions {
  std::string file;
  std::string proxy;
  std::string proxy_password_file;
  bool replace = false;
};
awaitable<Result<>> join(Context&, ApiSession&, JoinOptions);

struct ProbeOptions {
  std::string address;
  std::string proxy;
  std::string proxy_password_file;
  std::string certificate;
  std::string fingerprint;
  bool dmz = false;
};
awaitable<Result<>> probe(Context&, ApiSession&, ProbeOptions);

// Links.
struct LinkCheckOptions {
  std::string name;    ///< A secondary, or the primary; empty: the primary in full and a line for each secondary.
  std::string report;  ///< File for the report; empty: none.
};
awaitable<Result<>> link_check(Context&, ApiSession&, LinkCheckOptions);

// The hierarchy.
struct TreeOptions {
  int depth = -1;  ///< Below zero: all.
};
awaitable<Result<>> tree(Context&, ApiSession&, TreeOptions);

// History and access.
struct ListOptions {
  int limit = 100;
};
struct EventOptions {
  int limit = 100;
  std::string severity;
  std::string kind;
  std::string secondary;  ///< Name or id.
  std::string since;      ///< A time, a date, or "24h".
  std::string until;
  std::string text;
};
awaitable<Result<>> event_list(Context&, ApiSession&, EventOptions);
struct FollowOptions {
  std::string after;
  EventOptions only;
};
awaitable<Result<>> event_follow(Context&, ApiSession&, FollowOptions);
struct AuditOptions {
  int limit = 100;
  std::string actor;
  std::string action;
  std::string object;
  std::string since;
  std::string until;
};
awaitable<Result<>> audit_list(Context&, ApiSession&, AuditOptions);
struct ExportTarget {
  std::string file = "-";
  std::string format = "jsonl";
};
struct EventExport {
  ExportTarget to;
  EventOptions only;
};
awaitable<Result<>> event_export(Context&, ApiSession&, EventExport);
struct AuditExport {
  ExportTarget to;
  AuditOptions only;
};
awaitable<Result<>> audit_export(Context&, ApiSession&, AuditExport);
struct VerifyOptions {
  std::string file;  ///< Empty: the server's records.
  std::string head;  ///< A hash noted before.
};
/// Without a session when a file is given.
awaitable<Result<>> audit_verify(Context&, VerifyOptions);
struct TokenCreate {
  std::string name;
  int hours = 720;
  std::vector<std::string> rights;  ///< Empty: all that its owner may.
};
awaitable<Result<>> token_create(Context&, ApiSession&, TokenCreate);
awaitable<Result<>> token_list(Context&, ApiSession&, NoOptions);
struct IdOption {
  std::string id;
};
awaitable<Result<>> token_revoke(Context&, ApiSession&, IdOption);
awaitable<Result<>> operation_list(Context&, ApiSession&, ListOptions);
awaitable<Result<>> operation_show(Context&, ApiSession&, IdOption);
struct OperationResume {
  std::string id;
  std::string user;
  std::string password_file;
  std::string token_file;
  int wait_seconds = 120;
};
awaitable<Result<>> operation_resume(Context&, ApiSession&, OperationResume);
awaitable<Result<>> operation_cancel(Context&, ApiSession&, IdOption);
struct RawCall {
  std::string method;
  std::string path;
  std::string data;
};
awaitable<Result<>> raw_call(Context&, ApiSession&, RawCall);

}  // namespace daikan::cli
