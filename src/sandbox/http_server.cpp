#include "sandbox/http_server.hpp"

#include "sandbox/connection_threads.hpp"
#include "sandbox/listening_server.hpp"
#include "sandbox/reply_shapes.hpp"
#include "sandbox/stream_response.hpp"

#include <exception>
#include <future>
#include <string>
#include <utility>

namespace chatopen::sandbox {
namespace {

constexpr std::chrono::seconds meeting_limit{60};

// Bytes read into the body, whatever type the request claims to have: the service says what is wrong with it.
bool read_body(const httplib::Request& request, const httplib::ContentReader& read, std::string& body) {
  // Without these headers there is no body; the library would read until the connection closes.
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) return true;
  const auto append = [&body](const char* bytes, std::size_t size) {
    body.append(bytes, size);
    return true;
  };
  // The library takes a form apart, and forgives what the service must see; so it does not learn of it. The object is
  // its own, and not constant.
  const_cast<httplib::Request&>(request).headers.erase("Content-Type");
  return read(append);
}

Incoming make_incoming(const httplib::Request& request) {
  Incoming incoming{.method = request.method, .target = request.target};
  for (const auto& [name, value] : request.headers) incoming.headers.push_back({name, value});
  return incoming;
}

void write_head(const Answer& answer, httplib::Response& response) {
  response.status = answer.status;
  for (const HttpHeader& header : answer.headers) response.set_header(header.name, header.value);
}

void write_whole(const Answer& answer, httplib::Response& response) {
  write_head(answer, response);
  response.set_content(answer.body, answer.content_type);
}

void write_answer(Answer answer, httplib::Response& response, Gate& gate) {
  if (!answer.stream) return write_whole(answer, response);
  write_head(answer, response);
  set_stream(response, answer.content_type, *std::move(answer.stream), gate);
}

// For replies to a request of which a part was left unread: it would be taken for the next one.
void close_after(const httplib::Request& request, httplib::Response& response) {
  // The library repeats what the client asked for.
  if (request.get_header_value("Connection") != "close") response.set_header("Connection", "close");
  ListeningServer::close_after_this_reply();
}

// What the library refuses by itself: broken HTTP, a body that is cut or too large.
void describe_refusal(const httplib::Request& request, httplib::Response& response) {
  if (!response.body.empty()) return;
  close_after(request, response);
  const std::string reason = response.status == 413 ? "the body is too large" : "the request is not valid HTTP";
  write_whole(make_refusal({response.status, reason}), response);
}

}  // namespace

HttpServer::HttpServer(Serve serve) : serve_(std::move(serve)), server_(ListeningServer::create()) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::uint16_t port, std::size_t max_connections, Serve serve) {
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(serve)));
  server->add_handlers();
  if (!server->bind(port)) {
    return Error{.kind = ErrorKind::io,
                 .message = "the sandbox cannot listen on 127.0.0.1:" + std::to_string(port),
                 .detail = "Another program may use the port; port 0 takes a free one."};
  }
  server->listen(max_connections);
  return server;
}

HttpServer::~HttpServer() {
  if (!acceptor_.joinable()) return;
  gate_.stop();
  server_->end();
  acceptor_.join();
}

bool HttpServer::bind(std::uint16_t port) {
  port_ = static_cast<std::uint16_t>(server_->bind(port));
  return port_ != 0;
}

void HttpServer::listen(std::size_t max_connections) {
  threads_ = std::make_unique<ConnectionThreads>(max_connections, connections_);
  // The library asks for the threads right before it accepts; earlier, ending it would have no effect.
  std::promise<void> accepting;
  server_->new_task_queue = [this, &accepting] {
    accepting.set_value();
    return threads_.release();
  };
  acceptor_ = std::thread([this] { server_->listen_after_bind(); });
  accepting.get_future().wait();
}

void HttpServer::add_handlers() {
  // The library does not read a body that these methods have all the same.
  const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
    const bool has_body = request.has_header("Transfer-Encoding") || request.has_header("Content-Length");
    if (has_body && request.get_header_value("Content-Length") != "0") close_after(request, response);
    write_answer(answer(make_incoming(request)), response, gate_);
  };
  const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& read) {
    Incoming incoming = make_incoming(request);
    if (read_body(request, read, incoming.body)) {
      write_answer(answer(incoming), response, gate_);
    } else if (response.status < 400) {
      response.status = 400;
    }
  };
  const char* anything = ".*";
  server_->Post(anything, with_body);
  server_->Put(anything, with_body);
  server_->Patch(anything, with_body);
  server_->Delete(anything, with_body);
  server_->Get(anything, without_body);
  server_->Options(anything, without_body);
  server_->set_error_handler(describe_refusal);
  server_->set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
    write_whole(make_refusal({500, "the sandbox failed"}), response);
  });
  // Before the reply is written, so that whoever has it finds it counted.
  server_->set_post_routing_handler(
      [this](const httplib::Request&, httplib::Response&) { requests_.fetch_add(1, std::memory_order_relaxed); });
}

Answer HttpServer::answer(const Incoming& request) {
  Answer answer = serve_(request);
  gate_.wait_for(answer.delay);
  if (answer.together > 0) {
    const Gate::Meeting meeting = gate_.meet(answer.together, meeting_limit);
    if (!meeting.complete) {
      return make_refusal(Refusal("X-Sandbox-Reply: together=" + std::to_string(answer.together) + ": only " +
                                  std::to_string(meeting.present) + " came within " +
                                  std::to_string(meeting_limit.count()) + " s"));
    }
  }
  if (!ListeningServer::can_reset && answer.stream && answer.stream->end == StreamBody::End::reset) {
    return make_refusal(Refusal("X-Sandbox-Reply: cut=reset: impossible with this version of cpp-httplib"));
  }
  return answer;
}

}  // namespace chatopen::sandbox
