"""What each ASCII character may be part of; the one table behind the lexer and the numerals."""

cdef extern from *:
    """
    #define SEMA_SPACE 1
    #define SEMA_START 2      /* may start a symbol */
    #define SEMA_CONTINUE 4   /* may continue a symbol */
    #define SEMA_DIGIT 8
    #define SEMA_DELIMITER 16 /* ends the `i` of a complex number */
    #define S (SEMA_SPACE | SEMA_DELIMITER)
    #define A (SEMA_START | SEMA_CONTINUE)
    #define D (SEMA_CONTINUE | SEMA_DIGIT)
    #define H (SEMA_CONTINUE | SEMA_DELIMITER)
    #define B SEMA_DELIMITER
    static const unsigned char sema_char_class[128] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, 0, 0, S, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        /*   ! " # $ % & ' ( ) * + , - . / */
        S, A, B, H, 0, A, A, B, B, B, A, A, B, A, A, A,
        /* 0 … 9 : ; < = > ? */
        D, D, D, D, D, D, D, D, D, D, 0, B, A, A, A, A,
        /* @ A … O */
        0, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
        /* P … Z [ \\ ] ^ _ */
        A, A, A, A, A, A, A, A, A, A, A, B, 0, B, A, A,
        /* ` a … o */
        B, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
        /* p … z { | } ~ */
        A, A, A, A, A, A, A, A, A, A, A, B, 0, B, A, 0,
    };
    #undef S
    #undef A
    #undef D
    #undef H
    #undef B
    """
    # As plain numbers: Cython's own Py_UCS4 does arithmetic as if it were a str.
    ctypedef unsigned int CodePoint "Py_UCS4"
    const unsigned char char_class "sema_char_class"[128]
    const int SPACE "SEMA_SPACE"
    const int START "SEMA_START"
    const int CONTINUE "SEMA_CONTINUE"
    const int DIGIT "SEMA_DIGIT"
    const int DELIMITER "SEMA_DELIMITER"


cdef inline bint has_class(CodePoint c, int classes) noexcept nogil:
    """Whether an ASCII character is in one of the classes; false for all others."""
    return c < 128 and (char_class[c] & classes) != 0
