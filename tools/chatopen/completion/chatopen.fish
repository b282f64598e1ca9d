# fish completion of chatopen, which knows its own options.
function __chatopen_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for candidate in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        if test "$candidate" = :files
            __fish_complete_path "$current"
        else
            echo $candidate
        end
    end
end
complete -c chatopen -f -a '(__chatopen_candidates)'
