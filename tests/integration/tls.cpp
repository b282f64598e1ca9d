#include "tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <utility>

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

using Memory = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;

std::string text_in(const Memory& memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

// Under which OpenSSL looks for an authority in a directory.
std::string hashed_name(const Certificate& certificate) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%08lx.0", X509_subject_name_hash(certificate.get()));
  return name.data();
}

}  // namespace

std::string pem(const Certificate& certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(memory.get(), certificate.get()) == 1, "PEM of a certificate");
  return text_in(memory);
}

std::string pem(const Key& key, const std::string& passphrase) {
  const Memory memory(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* const cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
  require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key.get(), cipher, passphrase.data(), int(passphrase.size()),
                                        nullptr, nullptr) == 1,
          "PEM of a key");
  return text_in(memory);
}

CertificateAuthority::CertificateAuthority(const std::string& name)
    : self_(make_identity({}, name, nullptr, /*authority=*/true)),
      file_(hashed_name(self_.certificate), pem(self_.certificate)) {}

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

void TlsContext::limit_to_tls_1_2() {
  SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);
}

void TlsContext::require_client_certificate(const CertificateAuthority& authority) {
  require(X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.certificate().get()) == 1, "authority");
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

void TlsContext::choose(std::string protocol) {
  wanted_protocol_ = std::move(protocol);
  SSL_CTX_set_alpn_select_cb(context_.get(), &TlsContext::choose_protocol, this);
}

std::vector<std::string> TlsContext::offered_protocols() const {
  const std::lock_guard lock(mutex_);
  return offered_protocols_;
}

int TlsContext::choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                                const unsigned char* offered, unsigned int offered_size, void* self) {
  auto& context = *static_cast<TlsContext*>(self);
  const std::lock_guard lock(context.mutex_);
  context.offered_protocols_.clear();
  // Each is a byte that says how long it is, and its name.
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_size);
  while (!rest.empty()) {
    const std::size_t size = static_cast<unsigned char>(rest.front());
    const std::string_view name = rest.substr(1, size);
    rest.remove_prefix(1 + size);
    context.offered_protocols_.emplace_back(name);
    if (name != context.wanted_protocol_) continue;
    *chosen = reinterpret_cast<const unsigned char*>(name.data());
    *chosen_size = static_cast<unsigned char>(size);
  }
  return *chosen == nullptr ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_OK;
}

}  // namespace integration
