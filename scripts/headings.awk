# For every line of Markdown, in its order: anchor_of() is what a code host names the heading in it, or nothing;
# afterwards in_code says whether the line is part of a block of code. Letters beyond ASCII are left out of the name.
function anchor_of(line,    anchor) {
  if (FNR == 1) {
    in_code = closes = 0
    delete seen
  }
  if (closes) in_code = closes = 0
  if (line ~ /^ *(```|~~~)/) {
    if (in_code) closes = 1
    else in_code = 1
  }
  if (in_code || line !~ /^#+ /) return ""
  anchor = tolower(line)
  sub(/^#+ +/, "", anchor)
  gsub(/[^a-z0-9_ -]/, "", anchor)
  gsub(/ /, "-", anchor)
  return anchor (seen[anchor]++ ? "-" (seen[anchor] - 1) : "")
}
