#pragma once

#include "temporary_file.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace integration {

template <auto Free>
struct OpenSslDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;

struct CertificateOptions {
  /// As in OpenSSL's configuration.
  std::string subject_alt_name = "IP:127.0.0.1,IP:::1,DNS:localhost,DNS:gateway.test";
  /// Relative to now.
  long valid_from_seconds = -3600;
  long valid_to_seconds = 3600;
};

struct Identity {
  Key key;
  Certificate certificate;
};

[[nodiscard]] std::string pem(const Certificate& certificate);
/// Encrypted when there is a passphrase.
[[nodiscard]] std::string pem(const Key& key, const std::string& passphrase = {});

/// A certificate authority made for one test. Its certificate lies in a file as long as it lives.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "Authority of the tests");

  /// For `CurlOptions::ca_file`.
  [[nodiscard]] std::string file() const { return file_.path(); }
  /// For `CurlOptions::ca_directory`: the file stands in it alone, under its hash.
  [[nodiscard]] std::string directory() const { return file_.directory(); }
  [[nodiscard]] const Certificate& certificate() const { return self_.certificate; }
  [[nodiscard]] Identity issue(const CertificateOptions& options = {}) const;

 private:
  Identity self_;
  TemporaryFile file_;
};

/// An identity that no authority vouches for.
[[nodiscard]] Identity self_signed(const CertificateOptions& options = {});

/// The server's side of TLS, without ALPN unless told, so that the client speaks HTTP/1.1.
class TlsContext {
 public:
  explicit TlsContext(const Identity& identity);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Offers nothing newer than TLS 1.1, which OpenSSL only does at security level 0.
  void limit_to_tls_1_1();
  /// In which, unlike in 1.3, a refused client learns so within the handshake.
  void limit_to_tls_1_2();
  /// Refuses clients without a certificate of this authority.
  void require_client_certificate(const CertificateAuthority& authority);
  /// Answers ALPN with HTTP/1.1.
  void choose_http_1_1() { choose("http/1.1"); }
  /// Answers ALPN with HTTP/2.
  void choose_http_2() { choose("h2"); }
  /// What the last client offered to a context that chooses.
  [[nodiscard]] std::vector<std::string> offered_protocols() const;
  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  static int choose_protocol(SSL* tls, const unsigned char** chosen, unsigned char* chosen_size,
                             const unsigned char* offered, unsigned int offered_size, void* self);
  void choose(std::string protocol);

  std::unique_ptr<SSL_CTX, OpenSslDeleter<SSL_CTX_free>> context_;
  mutable std::mutex mutex_;
  std::vector<std::string> offered_protocols_;
  std::string wanted_protocol_;
};

}  // namespace integration
