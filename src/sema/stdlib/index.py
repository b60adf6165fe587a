"""Which family declares which name, so that a family need not be loaded before it is used.

A test compares this with what the families really declare.
"""

FAMILIES: dict[str, str] = {
    "numbers": """
        * + - / < <= = > >= abs ceil ceiling denominator even? exact exact->inexact
        exact-integer-sqrt expt float floor gcd inexact inexact->exact int lcm math/gcd
        math/infinite? math/lcm math/nan? math/pow math/quotient math/remainder max min mod
        modulo negative? number->string number/to-string numerator odd? positive? pow quotient
        rationalize remainder round sqrt string->float string->number string/to-float
        string/to-number truncate zero?
    """,
    "mathematics": """
        angle bit/and bit/not bit/or bit/shift-left bit/shift-right bit/xor cos e imag-part log
        magnitude make-polar make-rectangular math/acos math/asin math/atan math/atan2
        math/clamp math/cosh math/degrees->radians math/exp math/format-fixed math/infinity
        math/lerp math/log10 math/log2 math/map-range math/nan math/radians->degrees math/random
        math/random-int math/round-to math/sign math/sinh math/tan math/tanh pi real-part sin
    """,
    "predicates": """
        async/forced? async/promise? bool? boolean? bytevector? channel? char? complex? eq? equal?
        exact-integer? exact? f64-array? float? fn? hash-map? i64-array? inexact? integer? keyword?
        list? map? nil? not null? number? pair? procedure? promise-forced? promise? rational? real?
        record? stream? string? symbol? type type-of vector?
    """,
    "pairs": """
        append assq assv caaar caadr caar cadar caddr cadr car cdaar cdadr cdar cddar cdddr cddr
        cdr cons first iota last length list list->vector list/nth-or list/repeat make-list
        member nth range rest reverse vector vector->list
    """,
    "lists": """
        drop enumerate flatten flatten-deep frequencies interpose list/avg list/chunk
        list/contains? list/cross-join list/dedupe list/diff list/drop-last list/duplicates
        list/index-of list/interleave list/intersect list/join list/max list/median list/min
        list/mode list/pad list/page list/pick list/pluck list/shuffle list/sliding
        list/split-at list/sum list/take-last list/unique take zip
    """,
    "mappings": """
        assoc assoc-in contains? count deep-merge dissoc empty? get get-in hash-map hash-ref
        hashmap/assoc hashmap/contains? hashmap/get hashmap/keys hashmap/new hashmap/to-map keys
        map/assoc-in map/deep-merge map/entries map/except map/from-entries map/get-in map/new
        map/select-keys map/sort-keys map/zip merge vals
    """,
    "text": """
        format keyword->string keyword/to-string list->string make-string str string->keyword
        string->list string->symbol string-append string-downcase string-join string-length
        string-ref string-split string-trim string-upcase string/append string/chars
        string/codepoints string/contains? string/empty? string/ends-with? string/index-of
        string/join string/length string/lower string/ref string/repeat string/replace string/slice
        string/split string/starts-with? string/to-keyword string/to-list string/to-symbol
        string/trim string/trim-left string/trim-right string/upper substring symbol->string
        symbol/to-string
    """,
    "strings": """
        string-ci=? string/after string/after-last string/before string/before-last string/between
        string/byte-length string/camel-case string/capitalize string/chop-end string/chop-start
        string/ensure-end string/ensure-start string/foldcase string/from-codepoints string/headline
        string/intern string/kebab-case string/last-index-of string/lines string/normalize
        string/number? string/pad-left string/pad-right string/pascal-case string/remove
        string/replace-first string/replace-last string/reverse string/snake-case string/take
        string/title-case string/truncate-width string/unwrap string/width string/word-wrap
        string/words string/wrap
    """,
    "chars": """
        char->integer char->string char-alphabetic? char-ci<=? char-ci<? char-ci=? char-ci>=?
        char-ci>? char-downcase char-lower-case? char-numeric? char-upcase char-upper-case?
        char-whitespace? char/alphabetic? char/downcase char/lower-case? char/numeric?
        char/to-integer char/to-string char/upcase char/upper-case? char/whitespace? char<=?
        char<? char=? char>=? char>? integer->char integer/to-char string->char string/to-char
    """,
    "output": """
        display io/flush io/print-error io/println-error newline pprint print print-error
        println println-error
    """,
    "console": """
        io/eof? io/read-line io/read-stdin read-line read-stdin
    """,
    "files": """
        __vm-close-lines __vm-next-lines __vm-open-lines file/append file/copy file/delete
        file/exists? file/glob file/info file/is-directory? file/is-file? file/is-symlink?
        file/list file/mkdir file/read file/read-bytes file/read-lines file/rename file/write
        file/write-bytes file/write-lines load
    """,
    "paths": """
        path/absolute path/absolute? path/basename path/canonicalize path/dir path/dirname
        path/ext path/extension path/filename path/join path/relative-to path/stem path/within?
    """,
    "streams": """
        *stderr* *stdin* *stdout* stream/available? stream/byte-buffer stream/close stream/copy
        stream/flush stream/from-bytes stream/from-string stream/open-input stream/open-output
        stream/read stream/read-all stream/read-byte stream/read-line stream/readable?
        stream/to-bytes stream/to-string stream/type stream/writable? stream/write
        stream/write-byte stream/write-string
    """,
    "environment": """
        env sys/arch sys/args sys/config-dir sys/cwd sys/elapsed sys/env-all sys/home-dir
        sys/hostname sys/interactive? sys/interner-stats sys/os sys/pid sys/platform
        sys/sema-home sys/set-env sys/temp-dir sys/term-size sys/tty sys/user sys/which
    """,
    "processes": """
        __vm-signal-count __vm-watch-signal proc/close proc/close-stdin proc/exit-code proc/kill
        proc/read-stderr proc/read-stdout proc/running? proc/spawn proc/wait proc/write-stdin
        shell shell/quote
    """,
    "terminal": """
        term/black term/blue term/bold term/cyan term/dim term/gray term/green term/inverse
        term/italic term/magenta term/red term/rgb term/strikethrough term/strip term/style
        term/underline term/white term/yellow
    """,
    "database": """
        db/close db/exec db/exec-batch db/last-insert-id db/open db/open-memory db/query
        db/query-one db/tables
    """,
    "keyvalue": """
        kv/close kv/delete kv/get kv/keys kv/open kv/set
    """,
    "http_client": """
        http/delete http/get http/post http/put http/query http/request
    """,
    "control": """
        __vm-apply __vm-clock __vm-gensym __vm-raised __vm-rethrow __vm-syntax-rules __vm-too-many
        apply assert assert= error exit gc/collect gc/stats gensym io/read-many raise read read-many
        read/all read/string spy time-ms time/now-ms
    """,
    "reflect": """
        env/names fn/arity fn/doc fn/name format/form sema/check-file sema/check-string
    """,
    "loading": """
        __vm-end-steps __vm-next-step
    """,
    "primitives": """
        __vm-append __vm-append-reversed __vm-before? __vm-callable __vm-check-count
        __vm-cons __vm-count __vm-element __vm-elements __vm-elements-rest __vm-entries
        __vm-equal __vm-eqv __vm-group __vm-has-at-least __vm-has-key __vm-has-length
        __vm-item __vm-items-from __vm-join __vm-list __vm-list->vector __vm-lookup
        __vm-map-like __vm-map-of __vm-map? __vm-no-match __vm-reverse! __vm-seq __vm-sort
        __vm-sort-by
    """,
    "multimethods": """
        __vm-add-method __vm-call-with __vm-method __vm-new-multimethod
    """,
    "tasks": """
        __vm-await __vm-cancelled? __vm-spawn __vm-within async/all async/await async/cancel
        async/cancelled? async/pending? async/race
        async/rejected async/rejected? async/resolved async/resolved? async/run async/sleep
        async/spawn async/timeout sleep
    """,
    "context": """
        __vm-enter-context __vm-leave-context context/all context/clear context/get
        context/get-hidden context/has-hidden? context/has? context/merge context/pop context/pull
        context/push context/remove context/set context/set-hidden context/stack
    """,
    "channels": """
        channel/close channel/closed? channel/count channel/empty? channel/full? channel/new
        channel/recv channel/send channel/try-recv
    """,
    "promises": """
        __vm-delay __vm-promise-retry __vm-promise-settle __vm-promise-thunk __vm-promise-value
    """,
    "records": """
        __vm-record-accessor __vm-record-constructor __vm-record-predicate __vm-values
        __vm-values->list __vm-values-rest values
    """,
    "mutables": """
        mutable-array/->vector mutable-array/get mutable-array/length mutable-array/new
        mutable-array/push! mutable-array/set! mutable-cell/get mutable-cell/new mutable-cell/set!
    """,
    "bytevectors": """
        bytes/->string bytes/find bytes/length bytes/parse-int10 bytes/ref bytes/slice bytevector
        bytevector->list bytevector->string bytevector-append bytevector-copy bytevector-length
        bytevector-u8-ref bytevector-u8-set! bytevector/append bytevector/copy
        bytevector/from-list bytevector/length bytevector/make bytevector/new bytevector/ref
        bytevector/set! bytevector/to-list bytevector/u8-ref bytevector/u8-set!
        list->bytevector list/to-bytevector make-bytevector string->bytevector string->utf8
        string/to-utf8 utf8->string utf8/to-string
    """,
    "typed_arrays": """
        f64-array f64-array/dot f64-array/from-list f64-array/length f64-array/make f64-array/range
        f64-array/ref f64-array/set! f64-array/sum i64-array i64-array/from-list i64-array/length
        i64-array/make i64-array/range i64-array/ref i64-array/set! i64-array/sum
    """,
    "crypto": """
        base64/decode base64/decode-bytes base64/encode base64/encode-bytes hash/digest
        hash/hmac-sha256 hash/md5 hash/sha256 uuid/v4
    """,
    "csv": """
        csv/encode csv/parse csv/parse-maps
    """,
    "datetime": """
        time/add time/date-parts time/diff time/format time/now time/parse
    """,
    "json": """
        json/decode json/encode json/encode-pretty
    """,
    "logging": """
        log/debug log/error log/info log/warn
    """,
    "prose": """
        document/chunk document/create document/metadata document/text prompt/render
        prompt/template text/chunk text/chunk-by-separator text/clean-whitespace text/excerpt
        text/normalize-newlines text/split-sentences text/strip-html text/trim-indent
        text/truncate text/word-count
    """,
    "regex": """
        regex/find-all regex/match regex/match? regex/replace regex/replace-all regex/split
    """,
    "python": """
        __vm-enter __vm-leave py/call py/dir py/exception py/from-python py/get py/import
        py/instance? py/item py/iterator py/list py/method py/next py/raise py/set! py/set-item!
        py/to-python py/trace py/type
    """,
    "toml": """
        toml/decode toml/encode
    """,
    "prelude": """
        __vm-first-of __vm-fold-lines __vm-force __vm-map-pairs __vm-map-rows __vm-merge
        __vm-merge-reversed __vm-merge-sort __vm-multimethod __vm-option __vm-own __vm-retry
        __vm-run-steps __vm-settled __vm-splice any any? async/map async/pool-map async/race-owned
        async/spawn-all async/with-timeout call-with-values context/with drop-while every every?
        f64-array/fold f64-array/map file/fold-lines file/fold-lines-bytes file/for-each-line filter
        flat-map fold foldl foldr for-each i64-array/fold i64-array/map list/drop-while list/find
        list/group-by list/key-by list/reject list/sole list/take-while list/times make-parameter
        map map-indexed map/filter map/map-keys map/map-vals map/update map/update-in mapcar
        parallel parallel-settled partition pipeline pipeline-settled py/with reduce retry
        settled-partition settled/err? settled/ok? some? sort sort-by string/map sys/check-signals
        sys/on-signal take-while tap time time/ms update-in with-retry
    """,
}

INDEX: dict[str, str] = {
    name: family for family, names in FAMILIES.items() for name in names.split()
}
