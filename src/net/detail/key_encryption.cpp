#include "net/detail/key_encryption.h"

#include <cstdint>
#include <memory>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/limits.h"
#include "net/detail/own_key_parts.h"

namespace daikan::net::detail {
namespace {

// scrypt with N = 2^15, r = 8, p = 1 is usual; these are four times as much.
constexpr std::int64_t kMostScryptCost = 1 << 17;
constexpr std::int64_t kMostScryptBlock = 8;
constexpr std::int64_t kMostScryptParallel = 4;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

auto too_dear() {
  return unusable_key_file("The file is encrypted so that opening it takes too long.",
                           fmt::format("Encrypt it again with at most {} iterations.", limits::kMaxKeyFileIterations));
}

auto damaged() { return unusable_key_file("The file does not say in a readable way how it is encrypted.", "Export it again."); }

/// -1: not a number of a sensible size.
std::int64_t number(const ASN1_INTEGER* integer) {
  std::int64_t value = -1;
  if (integer == nullptr || ASN1_INTEGER_get_int64(&value, integer) != 1) value = -1;
  ERR_clear_error();
  return value;
}

/// The bytes of an algorithm's parameters, where they are a sequence.
struct Parameters {
  int nid = NID_undef;
  const unsigned char* bytes = nullptr;
  long length = 0;
};

Parameters parameters_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int kind = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &kind, &value, algorithm);
  Parameters found;
  found.nid = OBJ_obj2nid(object);
  if (kind != V_ASN1_SEQUENCE || value == nullptr) return found;
  const auto* sequence = static_cast<const ASN1_STRING*>(value);
  found.bytes = ASN1_STRING_get0_data(sequence);
  found.length = ASN1_STRING_length(sequence);
  return found;
}

Result<> check_scrypt(const Parameters& given) {
  const auto* position = given.bytes;
  const Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free> scrypt(d2i_SCRYPT_PARAMS(nullptr, &position, given.length));
  ERR_clear_error();
  if (!scrypt) return damaged();
  const auto in = [](const ASN1_INTEGER* integer, std::int64_t most) { return number(integer) >= 1 && number(integer) <= most; };
  if (in(scrypt->costParameter, kMostScryptCost) && in(scrypt->blockSize, kMostScryptBlock) &&
      in(scrypt->parallelizationParameter, kMostScryptParallel)) {
    return {};
  }
  return too_dear();
}

Result<> check_pbes2(const Parameters& given) {
  const auto* position = given.bytes;
  const Owned<PBE2PARAM, PBE2PARAM_free> scheme(d2i_PBE2PARAM(nullptr, &position, given.length));
  ERR_clear_error();
  if (!scheme) return damaged();
  const auto derivation = parameters_of(scheme->keyfunc);
  if (derivation.bytes == nullptr) return damaged();
  if (derivation.nid == NID_id_scrypt) return check_scrypt(derivation);
  if (derivation.nid != NID_id_pbkdf2) return damaged();
  position = derivation.bytes;
  const Owned<PBKDF2PARAM, PBKDF2PARAM_free> parameters(d2i_PBKDF2PARAM(nullptr, &position, derivation.length));
  ERR_clear_error();
  if (!parameters) return damaged();
  return check_iterations(parameters->iter);
}

}  // namespace

Result<> check_iterations(const ASN1_INTEGER* iterations) {
  if (iterations == nullptr) return {};  // one, by default
  const auto count = number(iterations);
  if (count >= 1 && count <= limits::kMaxKeyFileIterations) return {};
  return too_dear();
}

Result<> check_derivation(const X509_ALGOR* algorithm) {
  if (algorithm == nullptr) return damaged();
  const auto given = parameters_of(algorithm);
  if (given.bytes == nullptr) return damaged();
  if (given.nid == NID_pbes2) return check_pbes2(given);
  const auto* position = given.bytes;
  const Owned<PBEPARAM, PBEPARAM_free> parameters(d2i_PBEPARAM(nullptr, &position, given.length));
  ERR_clear_error();
  if (!parameters) return damaged();
  return check_iterations(parameters->iter);
}

}  // namespace daikan::net::detail
