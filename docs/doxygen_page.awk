# Turns the links of a page, which are as a code host follows them, into those of Doxygen: the name of a heading begins
# with that of its page, and a source has a page of its own. Needs scripts/headings.awk.
BEGIN { page = name_of(ARGV[1]) }
{ anchor = anchor_of($0) }
anchor != "" {
  gsub(/`/, "")  # Doxygen shows the markup of headings
  if (/^##/) $0 = $0 " {#" page "-" anchor "}"
}
!in_code { $0 = with_references($0) }
{ print }

function name_of(path) {
  sub(/.*\//, "", path)
  sub(/\.md$/, "", path)
  return path
}

function with_references(line,    before, target, hash) {
  while (match(line, /\]\([^)]*\)/)) {
    before = before substr(line, 1, RSTART + 1)
    target = substr(line, RSTART + 2, RLENGTH - 3)
    line = substr(line, RSTART + RLENGTH - 1)
    hash = index(target, "#")
    if (target ~ /^(#|[a-z-]+\.md#)/) {
      target = "#" (hash == 1 ? page : name_of(substr(target, 1, hash - 1))) "-" substr(target, hash + 1)
    } else if (target ~ /^\.\.\/.*\.[ch]pp$/) {
      target = "@ref " name_of(target)
    }
    before = before target
  }
  return before line
}
