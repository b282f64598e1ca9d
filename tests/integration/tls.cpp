#include "tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace integration {
namespace {

void require(bool succeeded, const char* what) {
  if (!succeeded) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself when that is null.
Identity make_identity(const CertificateOptions& options, const std::string& common_name, const Identity* issuer,
                       bool authority) {
  static std::atomic<long> next_serial = 1;
  Identity made{.key = Key(EVP_EC_gen("P-256")), .certificate = Certificate(X509_new())};
  require(made.key != nullptr && made.certificate != nullptr, "key");
  X509* const certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), next_serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.valid_to_seconds);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509* const issuing = issuer == nullptr ? certificate : issuer->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(issuing));
  add_extension(certificate, issuing, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority) add_extension(certificate, issuing, NID_subject_alt_name, options.subject_alt_name);
  EVP_PKEY* const signer = issuer == nullptr ? made.key.get() : issuer->key.get();
  require(X509_sign(certificate, signer, EVP_sha256()) > 0, "sign");
  return made;
}

}  // namespace

CertificateAuthority::CertificateAuthority()
    : self_(make_identity({}, "Authority of the tests", nullptr, /*authority=*/true)) {
  file_ = (std::filesystem::temp_directory_path() / "chatopen-ca-XXXXXX").string();
  const int fd = ::mkstemp(file_.data());
  require(fd >= 0, "temporary file");
  std::FILE* const file = ::fdopen(fd, "w");
  PEM_write_X509(file, self_.certificate.get());
  std::fclose(file);
}

CertificateAuthority::~CertificateAuthority() {
  std::filesystem::remove(file_);
}

Identity CertificateAuthority::issue(const CertificateOptions& options) const {
  return make_identity(options, "server", &self_, /*authority=*/false);
}

Identity self_signed(const CertificateOptions& options) {
  return make_identity(options, "server", nullptr, /*authority=*/false);
}

TlsContext::TlsContext(const Identity& identity) : context_(SSL_CTX_new(TLS_server_method())) {
  require(context_ != nullptr, "context");
  require(SSL_CTX_use_certificate(context_.get(), identity.certificate.get()) == 1, "certificate");
  require(SSL_CTX_use_PrivateKey(context_.get(), identity.key.get()) == 1, "private key");
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

void TlsContext::limit_to_tls_1_1() {
  require(SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0") == 1, "ciphers");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), TLS1_1_VERSION);
}

}  // namespace integration
