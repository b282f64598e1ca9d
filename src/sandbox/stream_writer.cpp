#include "sandbox/stream_writer.hpp"

#include <utility>

namespace chatopen::sandbox {

StreamWriter::StreamWriter(StreamBody body, Wait wait, Reset reset)
    : body_(std::move(body)), wait_(std::move(wait)), reset_(std::move(reset)) {}

bool StreamWriter::write_next(httplib::DataSink& sink) {
  if (written_ == body_.writes.size()) return end(sink);
  if (written_ > 0 && body_.pace.count() > 0 && !wait_(body_.pace, sink)) return false;
  const std::string& bytes = body_.writes[written_++];
  return sink.write(bytes.data(), bytes.size());
}

bool StreamWriter::end(httplib::DataSink& sink) {
  if (body_.linger.count() > 0 && !wait_(body_.linger, sink)) return false;
  if (body_.end == StreamBody::End::last_chunk) {
    sink.done();
    return true;
  }
  if (body_.end == StreamBody::End::reset) reset_();
  return false;
}

}  // namespace chatopen::sandbox
