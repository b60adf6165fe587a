; guile --no-auto-compile harness-guile.scm PROGRAM WIDTH: reads numbers, one a line; for each it runs the program's
; (once) so many times and answers with the result and the seconds of processor time.

(use-modules (ice-9 exceptions) (srfi srfi-1) (srfi srfi-9) (system base compile))

; What the programs expect beyond what all Schemes have.
(define prologue
  '((define (fold-left f start xs) (fold (lambda (x value) (f value x)) start xs))
    (define (sorted xs before?) (sort xs before?))
    (define (join strings separator) (string-join strings separator))
    (define (split text separator) (string-split text separator))
    (define (raise value) (raise-exception value))
    (define (make-number-table) (make-hash-table))
    (define (number-table-ref table key default) (hashv-ref table key default))
    (define (number-table-set! table key value) (hashv-set! table key value))
    (define (make-string-table) (make-hash-table))
    (define (string-table-ref table key default) (hash-ref table key default))
    (define (string-table-set! table key value) (hash-set! table key value))
    (define (string-table->list table) (hash-map->list cons table))
    (define-syntax-rule (define-record name (make field ...) is? (of get) ...)
      (define-record-type name (make field ...) is? (of get) ...))))

(define (forms-of file)
  (call-with-input-file file
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port)))
          (if (eof-object? form)
              (reverse forms)
              (loop (cons form forms))))))))

(define run
  (compile `(let ()
              ,@prologue
              ,@(forms-of (cadr (command-line)))
              (define (run n)
                (let ((result (once)))
                  (if (= n 1) result (run (- n 1)))))
              run)
           #:env (current-module)))

(define (seconds)
  (/ (get-internal-run-time) (exact->inexact internal-time-units-per-second)))

(let loop ((n (read)))
  (unless (eof-object? n)
    (let* ((start (seconds)) (result (run n)) (end (seconds)))
      (format #t "~a ~a\n" result (- end start))
      (force-output)
      (loop (read)))))
