; chezscheme --script harness-chez.ss PROGRAM WIDTH: reads numbers, one a line; for each it runs the
; program's (once) so many times and answers with the result and the seconds of processor time.

; What the programs expect beyond what all Schemes have.
(define prologue
  '((define (sorted xs before?) (sort before? xs))
    (define (join strings separator)
      (if (null? strings)
          ""
          (let loop ((rest (cdr strings)) (pieces (list (car strings))))
            (if (null? rest)
                (apply string-append (reverse pieces))
                (loop (cdr rest) (cons* (car rest) separator pieces))))))
    (define (split text separator)
      (let loop ((i (- (string-length text) 1)) (end (string-length text)) (parts '()))
        (cond ((< i 0) (cons (substring text 0 end) parts))
              ((char=? (string-ref text i) separator)
               (loop (- i 1) i (cons (substring text (+ i 1) end) parts)))
              (else (loop (- i 1) end parts)))))
    (define (make-number-table) (make-eqv-hashtable))
    (define (number-table-ref table key default) (hashtable-ref table key default))
    (define (number-table-set! table key value) (hashtable-set! table key value))
    (define (make-string-table) (make-hashtable string-hash string=?))
    (define (string-table-ref table key default) (hashtable-ref table key default))
    (define (string-table-set! table key value) (hashtable-set! table key value))
    (define (string-table->list table)
      (let-values (((keys values) (hashtable-entries table)))
        (map cons (vector->list keys) (vector->list values))))
    (define-syntax define-record
      (syntax-rules ()
        ((_ name (make field ...) is? (of get) ...)
         (define-record-type (name make is?) (fields (immutable of get) ...)))))))

(define (forms-of file)
  (call-with-input-file file
    (lambda (port)
      (let loop ((forms '()))
        (let ((form (read port)))
          (if (eof-object? form)
              (reverse forms)
              (loop (cons form forms))))))))

(define run
  (eval `(let ()
           ,@prologue
           ,@(forms-of (cadr (command-line)))
           (define (run n)
             (let ((result (once)))
               (if (= n 1) result (run (- n 1)))))
           run)))

(define (seconds)
  (let ((now (current-time 'time-process)))
    (+ (time-second now) (/ (time-nanosecond now) 1e9))))

(let loop ((n (read)))
  (unless (eof-object? n)
    (let* ((start (seconds)) (result (run n)) (end (seconds)))
      (printf "~a ~a\n" result (- end start))
      (flush-output-port (current-output-port))
      (loop (read)))))
