"""Searching short ASCII texts, many bytes at a time.

CPython's search looks at one character after the other, and prepares for a long search first; that
takes most of the time where many short texts are searched. Longer patterns are left to it: its time
is bounded where every place nearly matches.
"""

cdef extern from *:
    """
    #define SEMA_LONGEST_PATTERN 16
    typedef unsigned char sema_bytes __attribute__((vector_size(16)));

    /* Where a pattern of 1 to SEMA_LONGEST_PATTERN bytes is first found, or -1. */
    static Py_ssize_t sema_find_bytes(
        const unsigned char* text, Py_ssize_t n, const unsigned char* pattern, Py_ssize_t k
    ) {
        Py_ssize_t n_places = n - k + 1;
        sema_bytes first = (sema_bytes){0} + pattern[0];
        sema_bytes last = (sema_bytes){0} + pattern[k - 1];
        if (n_places < 16) {
            for (Py_ssize_t i = 0; i < n_places; i++)
                if (text[i] == pattern[0] && memcmp(text + i, pattern, k) == 0) return i;
            return -1;
        }
        for (Py_ssize_t i = 0; i < n_places; i += 16) {
            /* The last sixteen places overlap with those before. */
            if (i > n_places - 16) i = n_places - 16;
            sema_bytes begins, ends;
            memcpy(&begins, text + i, 16);
            memcpy(&ends, text + i + k - 1, 16);
            sema_bytes maybe = (sema_bytes)((begins == first) & (ends == last));
            uint64_t halves[2];
            memcpy(halves, &maybe, 16);
            if (halves[0] | halves[1])
                for (Py_ssize_t j = i; j < i + 16; j++)
                    if (maybe[j - i] && memcmp(text + j, pattern, k) == 0) return j;
        }
        return -1;
    }

    /* Whether the functions below are for these texts. */
    static inline int sema_is_searchable(PyObject* text, PyObject* pattern) {
        Py_ssize_t k = PyUnicode_GET_LENGTH(pattern);
        return PyUnicode_IS_COMPACT_ASCII(text) && PyUnicode_IS_COMPACT_ASCII(pattern)
            && 0 < k && k <= SEMA_LONGEST_PATTERN;
    }

    static Py_ssize_t sema_find_text(PyObject* text, PyObject* pattern) {
        return sema_find_bytes(
            PyUnicode_1BYTE_DATA(text), PyUnicode_GET_LENGTH(text),
            PyUnicode_1BYTE_DATA(pattern), PyUnicode_GET_LENGTH(pattern));
    }

    /* A text with every occurrence of the pattern replaced by another ASCII text. */
    static PyObject* sema_replace_text(PyObject* text, PyObject* pattern, PyObject* by) {
        const unsigned char* from = PyUnicode_1BYTE_DATA(text);
        const unsigned char* old = PyUnicode_1BYTE_DATA(pattern);
        Py_ssize_t n = PyUnicode_GET_LENGTH(text), k = PyUnicode_GET_LENGTH(pattern);
        Py_ssize_t n_by = PyUnicode_GET_LENGTH(by), n_found = 0, at = 0, i;
        while ((i = sema_find_bytes(from + at, n - at, old, k)) >= 0) {
            n_found++;
            at += i + k;
        }
        if (n_found == 0) { Py_INCREF(text); return text; }
        if (n_by > k && n_found > (PY_SSIZE_T_MAX - n) / (n_by - k)) return PyErr_NoMemory();
        PyObject* made = PyUnicode_New(n + n_found * (n_by - k), 127);
        if (made == NULL || PyUnicode_GET_LENGTH(made) == 0) return made;
        unsigned char* to = PyUnicode_1BYTE_DATA(made);
        const unsigned char* end = from + n;
        while (n_found--) {
            i = sema_find_bytes(from, end - from, old, k);
            memcpy(to, from, i);
            memcpy(to + i, PyUnicode_1BYTE_DATA(by), n_by);
            to += i + n_by;
            from += i + k;
        }
        memcpy(to, from, end - from);
        return made;
    }
    """
    bint is_searchable "sema_is_searchable"(str, str) noexcept
    bint is_ascii "PyUnicode_IS_COMPACT_ASCII"(str) noexcept
    Py_ssize_t find_text "sema_find_text"(str, str) noexcept
    str replace_text "sema_replace_text"(str, str, str)
