# What a reader of the reference already knows: special members, and overloads for temporaries.
/^ *\(explicit \)\{0,1\}[A-Z][A-Za-z]*(\(const \)\{0,1\}[A-Z][A-Za-z]*&\{1,2\}\( [a-z_]*\)\{0,1\})\( noexcept\)\{0,1\}\( = [a-z]*\)\{0,1\};/d
/operator=(/d
/) \(const\)\{0,1\}&&\( .*\)\{0,1\}[;}]$/d
