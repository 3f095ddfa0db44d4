# Completion of plandoc for bash, version 3.2 or newer: source <(plandoc completion bash)

_plandoc() {
    local line="${COMP_LINE:0:COMP_POINT}" typed one
    typed="${line##*[[:space:]]}"
    COMPREPLY=()
    while IFS= read -r one; do
        if [[ $one == :files ]]; then
            compopt -o default 2>/dev/null
            return
        fi
        one="${one%%$'\t'*}"
        if [[ $one == *= ]]; then
            compopt -o nospace 2>/dev/null
        fi
        # Where = separates words, bash replaces only what follows the last one.
        if [[ $typed == *=* && $COMP_WORDBREAKS == *=* ]]; then
            one="${one#"${typed%=*}="}"
        fi
        COMPREPLY+=("$one")
    done < <("${COMP_WORDS[0]/#\~/$HOME}" __complete line "$line" 2>/dev/null)
}

complete -F _plandoc plandoc
