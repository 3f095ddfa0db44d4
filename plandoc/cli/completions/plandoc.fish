# Completion of plandoc for fish: plandoc completion fish > ~/.config/fish/completions/plandoc.fish

function __plandoc_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l lines (command $words[1] __complete words $words[2..-1] "$typed" 2>/dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path "$typed"
    else if test (count $lines) -gt 0
        printf '%s\n' $lines
    end
end

complete -c plandoc -f -a '(__plandoc_complete)'
