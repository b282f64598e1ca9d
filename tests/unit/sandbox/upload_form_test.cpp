#include "sandbox/upload_form.hpp"

#include "refusal.hpp"
#include "sandbox/json_body.hpp"
#include "sandbox/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace chatopen::sandbox {
namespace {

using testing::HasSubstr;

const std::string type = "multipart/form-data; boundary=b";
const std::string disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"a b.png\"\r\n";

std::string form(const std::string& head = disposition + "Content-Type: image/png\r\n",
                 const std::string& content = "abc", const std::string& end = "--\r\n") {
  return "--b\r\n" + head + "\r\n" + content + "\r\n--b" + end;
}

std::string refusal(const std::string& body, const std::string& content_type = type) {
  return refusal_of([&] { return parse_upload_form(&content_type, body, 10); });
}

TEST(UploadForm, TakesOnePartNamedFile) {
  const std::string body = form();
  const UploadForm parsed = parse_upload_form(&type, body, 3);
  EXPECT_EQ(parsed.file_name, "a b.png");
  EXPECT_EQ(parsed.bytes, "abc");
  EXPECT_EQ(url_of(parsed), "https://sandbox.invalid/files/e71fa2190541574b/a%20b.png");
  const std::string quoted = "Multipart/Form-Data; boundary=\"b\"";
  EXPECT_EQ(parse_upload_form(&quoted, form(disposition, "x\r\n--c", "--"), 10).bytes, "x\r\n--c");
}

TEST(UploadForm, NamesTheFaultOfTheHeader) {
  EXPECT_EQ(refusal_of([] { return parse_upload_form(nullptr, form(), 10); }),
            "the header Content-Type is missing; expected multipart/form-data");
  EXPECT_THAT(refusal(form(), "application/json"), HasSubstr("expected multipart/form-data"));
  EXPECT_THAT(refusal(form(), "multipart/form-data"), HasSubstr("needs a boundary"));
  EXPECT_THAT(refusal(form(), "multipart/form-data; boundary=" + std::string(71, 'b')), HasSubstr("needs a boundary"));
  EXPECT_THAT(refusal(form(), "multipart/form-data; boundary=\"b"), HasSubstr("a quote without its end"));
}

TEST(UploadForm, NamesTheFaultOfTheForm) {
  EXPECT_THAT(refusal("abc"), HasSubstr("does not begin with the boundary"));
  EXPECT_THAT(refusal("\r\n" + form()), HasSubstr("does not begin with the boundary"));
  EXPECT_EQ(refusal("--b--\r\n"), "the form has no part");
  EXPECT_EQ(refusal("--b\r\n" + disposition), "the part's head has no end");
  EXPECT_THAT(refusal("--b\r\n" + disposition + "\r\nabc"), HasSubstr("the form has no end"));
  EXPECT_EQ(refusal(form(disposition, "abc", "\r\n" + disposition + "\r\nd\r\n--b--\r\n")),
            "the form has more than one part");
  EXPECT_THAT(refusal(form(disposition, "abc", "--\r\nmore")), HasSubstr("behind the end"));
  EXPECT_EQ(refusal(form(disposition, "")), "the file is empty");
  EXPECT_EQ(refusal(form(disposition, "0123456789a")), "the file has 11 bytes; at most 10 are taken");
}

TEST(UploadForm, NamesTheFaultOfThePart) {
  const auto part = [](const std::string& head) { return refusal(form(head)); };
  const auto named = [&](const std::string& name) {
    return part("Content-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n");
  };
  EXPECT_EQ(part("Content-Type: image/png\r\n"), "the part has no Content-Disposition");
  EXPECT_EQ(part(disposition + disposition), "the part has Content-Disposition twice");
  EXPECT_EQ(part("Content-Disposition: attachment; name=\"file\"\r\n"),
            "the part's Content-Disposition must be form-data");
  EXPECT_EQ(part("Content-Disposition: form-data; filename=\"a\"\r\n"), "the part's Content-Disposition has no name");
  EXPECT_EQ(part("Content-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n"),
            "the part is named \"image\", not file");
  EXPECT_EQ(part("Content-Disposition: form-data; name=\"file\"\r\n"), "the part named file has no filename");
  EXPECT_THAT(part("Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''a\r\n"), HasSubstr("filename*"));
  EXPECT_THAT(part(disposition + "X-Evil: 1\r\n"), HasSubstr("unknown header \"X-Evil\""));
  EXPECT_THAT(part("nothing\r\n" + disposition), HasSubstr("without a colon"));
  EXPECT_THAT(named("../a"), HasSubstr("has a directory"));
  EXPECT_EQ(named("a%0D%0Ab"), "the filename has a line break");
  EXPECT_EQ(named("a\tb"), "the filename has a control character");
  EXPECT_EQ(named("a\xff"), "the filename is not UTF-8");
}

Answer serve(const std::string& directives, const std::string& body = form(), const std::string& content_type = type) {
  Incoming request{.method = "POST",
                   .target = "/AIGCChatOpenServ/saas/file/upload",
                   .headers = {{"X-Request-Req-Accesskeyid", "id"},
                               {"X-Request-Req-Accesskeysecret", "secret"},
                               {"Content-Type", content_type}},
                   .body = body};
  if (!directives.empty()) request.headers.push_back({"X-Sandbox-Reply", directives});
  return Service({"id", "secret"}, "http://pictures.example", 10).serve(request);
}

constexpr const char* url = "https://sandbox.invalid/files/e71fa2190541574b/a%20b.png";

TEST(ServiceUpload, AnswersInFourShapes) {
  const std::string in_data = std::string(R"({"code":"200","msg":"ok","data":{"url":")") + url + "\"}}";
  EXPECT_EQ(serve("").body, in_data);
  EXPECT_EQ(serve("shape=data.url").body, in_data);
  EXPECT_EQ(serve("shape=url").body, std::string(R"({"url":")") + url + "\"}");
  EXPECT_EQ(serve("shape=fileUrl").body, std::string(R"({"fileUrl":")") + url + "\"}");
  EXPECT_EQ(serve("shape=data.fileUrl").body,
            std::string(R"({"code":"200","msg":"ok","data":{"fileUrl":")") + url + "\"}}");
  EXPECT_EQ(serve("shape=url; text=ftp%3A//a").body, R"({"url":"ftp://a"})");
}

TEST(ServiceUpload, FailsOnDemand) {
  const Answer busy = serve("status=503; retry-after=2");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(parse_object(busy.body)["code"], "503");
  EXPECT_EQ(parse_object(serve("envelope=1001").body)["code"], "1001");
  EXPECT_EQ(serve("status=502; shape=html").content_type, "text/html");
  EXPECT_EQ(serve("shape=empty").body, "");
}

TEST(ServiceUpload, RefusesFaultsAndForeignDirectives) {
  EXPECT_EQ(serve("", form(disposition, "")).status, 400);
  EXPECT_EQ(serve("", form(disposition, "0123456789a")).status, 413);
  EXPECT_EQ(serve("", "{}", "application/json").status, 400);
  for (const char* foreign : {"shape=completion", "shape=envelope", "events=3", "stream=no", "tool-call=a"}) {
    EXPECT_EQ(serve(foreign).status, 400) << foreign;
  }
}

}  // namespace
}  // namespace chatopen::sandbox
