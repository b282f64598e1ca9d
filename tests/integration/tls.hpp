#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

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

/// A certificate authority made for one test. Its certificate lies in a file as long as it lives.
class CertificateAuthority {
 public:
  CertificateAuthority();
  CertificateAuthority(const CertificateAuthority&) = delete;
  CertificateAuthority& operator=(const CertificateAuthority&) = delete;
  ~CertificateAuthority();

  /// For `CurlOptions::ca_file`.
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] Identity issue(const CertificateOptions& options = {}) const;

 private:
  Identity self_;
  std::string file_;
};

/// An identity that no authority vouches for.
[[nodiscard]] Identity self_signed(const CertificateOptions& options = {});

/// The server's side of TLS, without ALPN, so that the client speaks HTTP/1.1.
class TlsContext {
 public:
  explicit TlsContext(const Identity& identity);
  /// Offers nothing newer than TLS 1.1, which OpenSSL only does at security level 0.
  void limit_to_tls_1_1();
  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, OpenSslDeleter<SSL_CTX_free>> context_;
};

}  // namespace integration
