"""The hidden globals that expanded code calls: the whole list, with their contracts.

They have names of their own so that redefining ``cons`` or ``append`` harms no quasiquote. All
are ordinary functions; ``T`` in an error stands for the type name of the offending value.

Templates and macros

``__vm-list item ...``             the list of the items
``__vm-cons item list``            the list with the item in front
``__vm-append seq list``           the items of a list or vector in front of the list; type error
                                   ``expected list or vector, got T`` for any other ``seq``
``__vm-list->vector seq``          the vector of a list's items; a vector is returned as it is;
                                   the same type error for anything else
``__vm-gensym prefix``             ``fresh_symbol(prefix)``, the prefix being a string
``__vm-define-macro name function`` makes a macro of the function, or the macro itself, the value of
                                   the global that the symbol ``name`` names; returns nil
``__vm-syntax-rules name rules``   the macro that a ``(syntax-rules …)`` form describes
``__vm-macroexpand form``          ``macroexpand_once(form)``
``__vm-compile form``              the function without arguments that runs the form in the global
                                   environment

Modules: ``file`` is the file in which the call stands, or nil

``__vm-load path file``            the steps that run the forms of a file in the same globals
``__vm-import path names file``    the steps that copy what a module exports, or the list's symbols,
                                   into the globals
``__vm-run-steps steps``           takes the steps; the last one's value
``__vm-export names``              notes what the file being run exports; returns nil

Tests

``__vm-eqv a b``                   whether ``(= a b)``, as ``=`` compares two arguments

Destructuring

``__vm-elements seq n``            a vector of the items of a list or vector of exactly ``n`` items;
                                   ``expected list or vector, got T``, or the evaluation error
                                   ``destructure: expected N elements, got M``
``__vm-elements-rest seq n``       a vector of the first ``n`` items and then the list of the
                                   others; ``expected list or vector, got T``, or the evaluation
                                   error ``destructure: expected at least N elements before `&`,
                                   got M``
``__vm-element vector i``          the item at an index known to be inside the vector
``__vm-lookup map key``            the value at the key of a map or hashmap, nil where there is
                                   none; type error ``expected map or hashmap, got T``

Matching

``__vm-equal a b``                 whether ``(equal? a b)``
``__vm-has-length value n``        whether the value is a list or vector of exactly ``n`` items
``__vm-has-at-least value n``      whether it is a list or vector of at least ``n`` items
``__vm-item seq i``                the item at an index inside a list or vector
``__vm-items-from seq i``          the list of the items from that index on
``__vm-map? value``                whether the value is a map or hashmap
``__vm-has-key map key``           whether a map or hashmap has an entry with the key
``__vm-no-match value``            raises the evaluation error ``match: no clause matched value: V``

Parameters

``__vm-too-many name least most rest``      raises the arity error of a function that was given the
                                   arguments ``rest`` besides the ``least`` that it needs

Several values

``__vm-values->list value``        the list of the values in a bundle; another value counts as one
``__vm-values value n``            a vector of exactly ``n`` values; arity error of ``<lambda>``
``__vm-values-rest value n``       a vector of the first ``n`` values and the list of the others

Definitions and promises

``__vm-record-constructor type name n``     the constructor of a record type with ``n`` fields
``__vm-record-predicate type name``         its predicate
``__vm-record-accessor type name i``        its accessor of the field at an index
``__vm-multimethod name dispatch``          a new multimethod
``__vm-add-method multimethod value f``     gives it the method for a dispatch value; returns nil
``__vm-delay thunk``                        a promise
``__vm-force promise``                      its value

Tasks

``__vm-spawn thunk``                        the promise of a new task's result
``__vm-await value``                        the value of a promise, once it is there

Errors

``__vm-rethrow map``               raises the error that a ``catch`` has bound as that map
``__vm-raised map``                what was thrown: the value of a ``:user`` error, else the map
"""

LIST = "__vm-list"
CONS = "__vm-cons"
APPEND = "__vm-append"
LIST_TO_VECTOR = "__vm-list->vector"
GENSYM = "__vm-gensym"
DEFINE_MACRO = "__vm-define-macro"
SYNTAX_RULES = "__vm-syntax-rules"
MACROEXPAND = "__vm-macroexpand"
COMPILE = "__vm-compile"
LOAD = "__vm-load"
RUN_STEPS = "__vm-run-steps"
IMPORT = "__vm-import"
EXPORT = "__vm-export"
EQV = "__vm-eqv"
ELEMENTS = "__vm-elements"
ELEMENTS_REST = "__vm-elements-rest"
ELEMENT = "__vm-element"
LOOKUP = "__vm-lookup"
EQUAL = "__vm-equal"
HAS_LENGTH = "__vm-has-length"
HAS_AT_LEAST = "__vm-has-at-least"
ITEM = "__vm-item"
ITEMS_FROM = "__vm-items-from"
IS_MAP = "__vm-map?"
HAS_KEY = "__vm-has-key"
NO_MATCH = "__vm-no-match"
TOO_MANY = "__vm-too-many"
VALUE_LIST = "__vm-values->list"
VALUES = "__vm-values"
VALUES_REST = "__vm-values-rest"
RECORD_CONSTRUCTOR = "__vm-record-constructor"
RECORD_PREDICATE = "__vm-record-predicate"
RECORD_ACCESSOR = "__vm-record-accessor"
MULTIMETHOD = "__vm-multimethod"
ADD_METHOD = "__vm-add-method"
DELAY = "__vm-delay"
FORCE = "__vm-force"
SPAWN = "__vm-spawn"
AWAIT = "__vm-await"
RETHROW = "__vm-rethrow"
RAISED = "__vm-raised"
