# Of an example the reference has the first comment, which says what it shows, and its whole source.
1i /// @file
/^\/\//!q
s//\/\/\//p
