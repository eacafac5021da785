// Files a command reads and writes: bounded, with messages that name the file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/certificate.h"
#include "base/result.h"

namespace daikan::cli {

/// Everything in `path`; "-" is standard input. Fails with not_found, invalid_request (cannot be read) or too_large beyond `max` bytes.
Result<std::string> read_file(const std::string& path, std::size_t max);

/// The first line of a password file, or of standard input for "-". Fails as read_file, or with invalid_request when it is empty.
Result<std::string> read_secret(const std::string& path);

/// A certificate as the API takes it, looked at before it is sent.
struct CertificateFile {
  std::string text;  ///< Base64 of the DER.
  CertificateRecord record;
};
/// Fails with certificate_unreadable or certificate_expired, naming the file.
Result<CertificateFile> read_certificate(const std::string& path);

/// Replaces `path` as a whole or not at all; `mode` as in chmod. Fails with storage_failed.
Result<> write_file(const std::filesystem::path& path, std::string_view content, unsigned mode);

/// A proxy's URL with the password of a file, where one is given.
Result<Proxy> read_proxy(const std::string& url, const std::string& password_file, std::string_view field);

}  // namespace daikan::cli
