#compdef plandoc
# Completion of plandoc for zsh: source <(plandoc completion zsh), after compinit; or put it into $fpath as _plandoc.

_plandoc() {
    local line value
    local -a whole begun
    for line in "${(@f)$("${(Q)words[1]/#\~/$HOME}" __complete words "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        value="${line%%$'\t'*}"
        [[ -n $value ]] || continue
        line="${value//:/\\:}:${line#*$'\t'}"
        if [[ $value == *= ]]; then begun+=("$line"); else whole+=("$line"); fi
    done
    local found=1
    (( $#whole )) && _describe -t values plandoc whole && found=0
    (( $#begun )) && _describe -t values plandoc begun -S '' && found=0
    return $found
}

if [[ $funcstack[1] == _plandoc ]]; then
    _plandoc "$@"
else
    compdef _plandoc plandoc
fi
