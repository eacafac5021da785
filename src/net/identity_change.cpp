#include "net/identity_change.h"

#include <openssl/crypto.h>

#include "base/limits.h"
#include "net/detail/durable_file.h"

namespace daikan::net {
namespace {

constexpr std::string_view kNext = "server.next.pem";
constexpr std::string_view kSwitch = "server.switch.pem";
constexpr std::string_view kChain = "server.chain.pem";

bool is_there(const std::filesystem::path& path) {
  std::error_code unreadable;
  return std::filesystem::exists(path, unreadable);
}

Result<Identity> read_pair(const std::filesystem::path& path) {
  auto content = detail::read_file(path, 2 * limits::kMaxCertificateFileBytes);
  if (!content) return fail(Code::certificate_unreadable, content.error().message, content.error().remedy);
  auto identity = Identity::from_pem(*content);
  OPENSSL_cleanse(content->data(), content->size());
  if (!identity) identity.error().message = path.string() + ": " + identity.error().message;
  return identity;
}

/// Also when it is not there.
Result<> remove_file(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::remove(path, failed);
  if (!failed) return {};
  return fail(Code::storage_failed, "Could not remove " + path.string() + ": " + failed.message() + ".",
              "Check that the folder belongs to the service's account.");
}

Result<> write_secret(const std::filesystem::path& path, std::string pem) {
  auto written = detail::replace_file(path, pem, 0600);
  OPENSSL_cleanse(pem.data(), pem.size());
  return written;
}

}  // namespace

Result<> save_next(const std::filesystem::path& folder, const Identity& next) {
  const auto lock = detail::FolderLock::take(folder);
  if (!lock) return fail(lock.error());
  return write_secret(folder / kNext, next.key_pem() + next.certificate_pem() + next.chain_pem());
}

Result<std::optional<Identity>> load_next(const std::filesystem::path& folder) {
  if (!is_there(folder / kNext)) return std::optional<Identity>();
  auto next = read_pair(folder / kNext);
  if (!next) return fail(std::move(next.error()));
  return std::optional<Identity>(std::move(*next));
}

Result<> discard_next(const std::filesystem::path& folder) {
  if (is_there(folder / kSwitch) && !is_there(folder / kNext)) {
    return fail(Code::storage_failed, "The change to the next key has begun and cannot be taken back.",
                "Free space or rights in " + folder.string() + ", then finish the roll-over.");
  }
  return remove_file(folder / kNext);
}

Result<> use_next(const std::filesystem::path& folder) {
  const auto lock = detail::FolderLock::take(folder);
  if (!lock) return fail(lock.error());
  const bool begun = is_there(folder / kSwitch);
  const bool another = is_there(folder / kNext);
  // A change that could not be finished is finished first: this one, or an earlier one whose file is still there.
  if (begun) {
    if (auto done = finish_change(folder); !done || !another) return done;
  }
  if (auto renamed = detail::rename_durably(folder / kNext, folder / kSwitch); !renamed) return renamed;
  return finish_change(folder);
}

Result<> finish_change(const std::filesystem::path& folder) {
  const auto file = folder / kSwitch;
  if (!is_there(file)) return {};
  const auto identity = read_pair(file);
  if (!identity) return fail(identity.error());
  if (auto done = write_secret(folder / "server.key", identity->key_pem()); !done) return done;
  const auto& der = identity->certificate().der;
  auto done = detail::replace_file(folder / "server.cer", {reinterpret_cast<const char*>(der.data()), der.size()}, 0644);
  if (!done) return done;
  const auto chain = folder / kChain;
  done = identity->chain().empty() ? remove_file(chain) : detail::replace_file(chain, identity->chain_pem(), 0644);
  if (!done) return done;
  return remove_file(file);  // left behind, it would put this identity in the place of a later one
}

}  // namespace daikan::net
