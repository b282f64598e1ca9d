// node wrong_requests.mjs <URL of the validating proxy> <id> <secret>: whether it refuses requests, and replies, that the
// description does not allow, so that one which passes means something.
const [url, id, secret] = process.argv.slice(2);
const credentials = { "X-Request-Req-Accesskeyid": id, "X-Request-Req-Accesskeysecret": secret };
const message = (content) => ({ messages: [{ role: "user", content }] });
const picture = (part) => message([{ type: "text", text: "What?" }, part]);
const chat = "gpt-4o/text/v3";

async function status_of(path, body, headers = credentials) {
  const json = body instanceof FormData ? {} : { "Content-Type": "application/json" };
  const sent = body instanceof FormData ? body : JSON.stringify(body);
  const reply = await fetch(`${url}/AIGCChatOpenServ/saas/${path}`, { method: "POST", headers: { ...json, ...headers }, body: sent });
  return [reply.status, reply.headers.get("content-type") ?? "", await reply.text()];
}
function form(name) {
  const data = new FormData();
  data.append(name, new Blob(["GIF89a"]), "a.gif");
  return data;
}

const wrong = {
  "no credentials": [chat, message("hi"), {}],
  "one credential": [chat, message("hi"), { "X-Request-Req-Accesskeyid": "id" }],
  "another vendor's image_url": [chat, picture({ type: "image_url", image_url: { url: "https://x.example/a.jpg" } })],
  "a picture without a URL": [chat, picture({ type: "imageUrl", imageUrl: {} })],
  "a picture that is no URL": [chat, picture({ type: "imageUrl", imageUrl: { url: "a.jpg" } })],
  "an unknown role": [chat, { messages: [{ role: "robot", content: "hi" }] }],
  "no messages": [chat, { messages: [] }],
  "the other form": [chat, { issue: "hi" }],
  "a text for a number": [chat, { ...message("hi"), temperature: "0.5" }],
  "messages in the prompt form": ["deepseek-chat/stream", message("hi")],
  "a prompt that is no text": ["deepseek-chat/text", { issue: 7 }],
  "a picture to order without a prompt": ["gpt-image-1/image/generation", { aspectRatio: "1:1" }],
  "an aspect ratio in words": ["gpt-image-1/image/generation", { prompt: "a cat", aspectRatio: "wide" }],
  "an upload under another name": ["file/upload", form("picture")],
  "a path that is not there": ["gpt-4o/text/v4", message("hi")],
};

// What the sandbox replies when it is asked to.
const replying = (directives) => ({ ...credentials, "X-Sandbox-Reply": directives });
Object.assign(wrong, {
  "a reply of no known shape": [chat, message("hi"), replying("shape=raw")],
  "a refusal of no known shape": [chat, message("hi"), replying("shape=raw; status=400")],
  "a completion in the prompt form": ["deepseek-chat/text", { issue: "hi" }, replying("shape=completion")],
});

let passed = 0;
for (const [name, request] of Object.entries(wrong)) {
  const [status, type, text] = await status_of(...request);
  // The proxy's own refusals are of this type; the server behind it has others.
  if (status >= 400 && type.startsWith("application/problem+json")) continue;
  ++passed;
  console.error(`not refused: ${name}: ${status} ${type} ${text.slice(0, 200)}`);
}
if (passed > 0) process.exit(1);
console.log(`${Object.keys(wrong).length} wrong requests and replies were refused`);
