;; What takes the longest time in the encoder and the decoder of LZ4 blocks, faster than JavaScript, and at full speed
;; from the first call on. `npm run generate` assembles this file into `src/gen/lz4-wasm.ts`.
;;
;; A position is that of the input, an address is one of this memory. What is frequent is not in functions, because V8
;; does not inline them.
(module
  (memory (export "memory") 44)
  ;; The position of the first literal that `search` has not written yet.
  (global $anchor (export "anchor") (mut i32) (i32.const 0))
  ;; The distance of its last match.
  (global $lastDistance (export "lastDistance") (mut i32) (i32.const 0))
  ;; The addresses at which `decode` ended, in the block and behind the bytes that it wrote.
  (global $decodedFrom (export "decodedFrom") (mut i32) (i32.const 0))
  (global $decodedTo (export "decodedTo") (mut i32) (i32.const 0))

  ;; Searches the positions from $from up to $to, and writes sequences to the address $out. Returns the end of the last.
  ;; They are those of `Lz4Encoder`. $base is the address of position 0, and may be negative. No match begins before the
  ;; position $first. The table of positions by hash is at address 0. Reads may pass $to by 8 bytes, and writes the end
  ;; of the sequences by 16.
  (func (export "search")
    (param $base i32) (param $from i32) (param $to i32) (param $first i32) (param $out i32) (result i32)
    (local $at i32) (local $last i32) (local $last8 i32) (local $anchorAt i32) (local $misses i32)
    (local $word i64) (local $difference i64) (local $slot i32) (local $candidate i32) (local $distance i32)
    (local $end i32) (local $count i32) (local $rest i32) (local $room i32)

    ;; From here on, all are addresses.
    (local.set $anchorAt (i32.add (local.get $base) (global.get $anchor)))
    (local.set $at (i32.add (local.get $base) (local.get $from)))
    (local.set $to (i32.add (local.get $base) (local.get $to)))
    (local.set $first (i32.add (local.get $base) (local.get $first)))
    (if (i32.lt_s (local.get $at) (local.get $anchorAt)) (then (local.set $at (local.get $anchorAt))))
    (local.set $last (i32.sub (local.get $to) (i32.const 4)))
    (local.set $last8 (i32.sub (local.get $to) (i32.const 8)))

    (block $done (loop $next
      (br_if $done (i32.gt_s (local.get $at) (local.get $last)))

      ;; The address of the last position with the hash of these five bytes, which is that of `fiveByteHash`. The fifth
      ;; byte is shifted by 20.
      (local.set $word (i64.load (local.get $at)))
      (local.set $slot
        (i32.shl
          (i32.shr_u
            (i32.mul
              (i32.xor
                (i32.wrap_i64 (local.get $word))
                (i32.and (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 12))) (i32.const 0x0ff00000)))
              (i32.const 0x9e3779b1))
            (i32.const 20))
          (i32.const 2)))
      (local.set $candidate (i32.add (local.get $base) (i32.load (local.get $slot))))
      (i32.store (local.get $slot) (i32.sub (local.get $at) (local.get $base)))

      (block $miss
        (local.set $distance (i32.sub (local.get $at) (local.get $candidate)))
        (br_if $miss (i32.gt_s (local.get $distance) (i32.const 65535)))
        (local.set $difference (i64.xor (local.get $word) (i64.load (local.get $candidate))))
        ;; Five bytes must match.
        (br_if $miss (i64.ne (i64.shl (local.get $difference) (i64.const 24)) (i64.const 0)))
        (local.set $misses (i32.const 0))

        ;; The end of the match.
        (block $ended
          (if (i64.ne (local.get $difference) (i64.const 0)) (then
            (local.set $end
              (i32.add (local.get $at) (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $difference)) (i64.const 3)))))
            (br_if $ended (i32.le_s (local.get $end) (local.get $to)))
            (local.set $end (local.get $to))
            (br $ended)))
          (local.set $end (i32.add (local.get $at) (i32.const 8)))
          (if (i32.gt_s (local.get $end) (local.get $to)) (then
            (local.set $end (local.get $to))
            (br $ended)))
          (block $tail (loop $eight
            (br_if $tail (i32.gt_s (local.get $end) (local.get $last8)))
            (local.set $difference
              (i64.xor
                (i64.load (local.get $end))
                (i64.load (i32.sub (local.get $end) (local.get $distance)))))
            (if (i64.ne (local.get $difference) (i64.const 0)) (then
              (local.set $end
                (i32.add (local.get $end) (i32.wrap_i64 (i64.shr_u (i64.ctz (local.get $difference)) (i64.const 3)))))
              (br $ended)))
            (local.set $end (i32.add (local.get $end) (i32.const 8)))
            (br $eight)))
          (loop $one
            (br_if $ended (i32.ge_s (local.get $end) (local.get $to)))
            (br_if $ended
              (i32.ne
                (i32.load8_u (local.get $end))
                (i32.load8_u (i32.sub (local.get $end) (local.get $distance)))))
            (local.set $end (i32.add (local.get $end) (i32.const 1)))
            (br $one)))

        ;; The match begins earlier if the bytes before it are equal, too, and are no part of a match.
        (block $begun (loop $back
          (local.set $room (i32.sub (local.get $at) (local.get $anchorAt)))
          (local.set $count (i32.sub (local.get $candidate) (local.get $first)))
          (if (i32.lt_s (local.get $count) (local.get $room)) (then (local.set $room (local.get $count))))
          (br_if $begun (i32.le_s (local.get $room) (i32.const 0)))
          (local.set $count
            (i32.wrap_i64
              (i64.shr_u
                (i64.clz
                  (i64.xor
                    (i64.load (i32.sub (local.get $at) (i32.const 8)))
                    (i64.load (i32.sub (local.get $candidate) (i32.const 8)))))
                (i64.const 3))))
          (if (i32.lt_s (local.get $room) (local.get $count)) (then (local.set $count (local.get $room))))
          (local.set $at (i32.sub (local.get $at) (local.get $count)))
          (local.set $candidate (i32.sub (local.get $candidate) (local.get $count)))
          (br_if $back (i32.eq (local.get $count) (i32.const 8)))))

        ;; The token, with the numbers of literals and of further bytes of the match.
        (local.set $count (i32.sub (local.get $at) (local.get $anchorAt)))
        (local.set $rest (i32.sub (i32.sub (local.get $end) (local.get $at)) (i32.const 4)))
        (i32.store8
          (local.get $out)
          (i32.or
            (i32.shl
              (select (local.get $count) (i32.const 15) (i32.lt_u (local.get $count) (i32.const 15)))
              (i32.const 4))
            (select (local.get $rest) (i32.const 15) (i32.lt_u (local.get $rest) (i32.const 15)))))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (if (i32.ge_u (local.get $count) (i32.const 15)) (then
          (local.set $out (call $writeLength (local.get $out) (i32.sub (local.get $count) (i32.const 15))))))

        ;; Later writes overwrite the excess bytes.
        (local.set $room (i32.const 0))
        (loop $literals
          (i64.store
            (i32.add (local.get $out) (local.get $room))
            (i64.load (i32.add (local.get $anchorAt) (local.get $room))))
          (i64.store offset=8
            (i32.add (local.get $out) (local.get $room))
            (i64.load offset=8 (i32.add (local.get $anchorAt) (local.get $room))))
          (local.set $room (i32.add (local.get $room) (i32.const 16)))
          (br_if $literals (i32.lt_u (local.get $room) (local.get $count))))
        (local.set $out (i32.add (local.get $out) (local.get $count)))

        (global.set $lastDistance (local.get $distance))
        (i32.store16 (local.get $out) (local.get $distance))
        (local.set $out (i32.add (local.get $out) (i32.const 2)))
        (if (i32.ge_u (local.get $rest) (i32.const 15)) (then
          (local.set $out (call $writeLength (local.get $out) (i32.sub (local.get $rest) (i32.const 15))))))

        ;; Adds one position inside the match, so that the same data is found again later.
        (local.set $anchorAt (local.get $end))
        (local.set $at (local.get $end))
        (local.set $word (i64.load (i32.sub (local.get $at) (i32.const 2))))
        (i32.store
          (i32.shl
            (i32.shr_u
              (i32.mul
                (i32.xor
                  (i32.wrap_i64 (local.get $word))
                  (i32.and (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.const 12))) (i32.const 0x0ff00000)))
                (i32.const 0x9e3779b1))
              (i32.const 20))
            (i32.const 2))
          (i32.sub (i32.sub (local.get $at) (i32.const 2)) (local.get $base)))
        (br $next))

      (local.set $at (i32.add (i32.add (local.get $at) (i32.const 1)) (i32.shr_u (local.get $misses) (i32.const 5))))
      (local.set $misses (i32.add (local.get $misses) (i32.const 1)))
      (br $next)))

    (global.set $anchor (i32.sub (local.get $anchorAt) (local.get $base)))
    (local.get $out))

  ;; Writes the part of a length that does not fit the token. Returns the address after it.
  (func $writeLength (param $out i32) (param $rest i32) (result i32)
    (loop $more
      (if (i32.ge_u (local.get $rest) (i32.const 255)) (then
        (i32.store8 (local.get $out) (i32.const 255))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $rest (i32.sub (local.get $rest) (i32.const 255)))
        (br $more))))
    (i32.store8 (local.get $out) (local.get $rest))
    (i32.add (local.get $out) (i32.const 1)))

  ;; Decodes the sequences of a block from $from up to $end to $at. Matches may begin at $least. Ends before the first
  ;; sequence that is damaged, that is the last one, or that does not fit up to $limit. Reads and writes may pass $end
  ;; and $limit by 16 bytes.
  (func (export "decode")
    (param $from i32) (param $end i32) (param $at i32) (param $least i32) (param $limit i32)
    (local $token i32) (local $length i32) (local $distance i32) (local $match i32) (local $to i32) (local $byte i32)

    (block $done (loop $next
      (global.set $decodedFrom (local.get $from))
      (global.set $decodedTo (local.get $at))
      (br_if $done (i32.ge_u (local.get $from) (local.get $end)))

      (local.set $token (i32.load8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $length (i32.shr_u (local.get $token) (i32.const 4)))
      (if (i32.eq (local.get $length) (i32.const 15)) (then
        (loop $more
          (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
          (local.set $byte (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $length (i32.add (local.get $length) (local.get $byte)))
          (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
      ;; The distance follows the literals.
      (br_if $done
        (i32.gt_s (i32.add (local.get $length) (i32.const 2)) (i32.sub (local.get $end) (local.get $from))))
      (br_if $done (i32.gt_s (local.get $length) (i32.sub (local.get $limit) (local.get $at))))
      (if (i32.le_u (local.get $length) (i32.const 16))
        (then
          (i64.store (local.get $at) (i64.load (local.get $from)))
          (i64.store offset=8 (local.get $at) (i64.load offset=8 (local.get $from))))
        (else (memory.copy (local.get $at) (local.get $from) (local.get $length))))
      (local.set $at (i32.add (local.get $at) (local.get $length)))
      (local.set $from (i32.add (local.get $from) (local.get $length)))

      (local.set $distance (i32.load16_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 2)))
      (local.set $match (i32.sub (local.get $at) (local.get $distance)))
      (br_if $done (i32.eqz (local.get $distance)))
      (br_if $done (i32.lt_s (local.get $match) (local.get $least)))
      (local.set $length (i32.and (local.get $token) (i32.const 15)))
      (if (i32.eq (local.get $length) (i32.const 15)) (then
        (loop $more
          (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
          (local.set $byte (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $length (i32.add (local.get $length) (local.get $byte)))
          (br_if $more (i32.eq (local.get $byte) (i32.const 255))))))
      (local.set $length (i32.add (local.get $length) (i32.const 4)))
      (br_if $done (i32.gt_s (local.get $length) (i32.sub (local.get $limit) (local.get $at))))
      (local.set $to (i32.add (local.get $at) (local.get $length)))

      ;; Long copies: each doubles the number of bytes that the next one can copy at once.
      (if (i32.gt_u (local.get $length) (i32.const 64)) (then
        (loop $double
          (local.set $length (i32.sub (local.get $at) (local.get $match)))
          (if (i32.gt_u (local.get $length) (i32.sub (local.get $to) (local.get $at))) (then
            (local.set $length (i32.sub (local.get $to) (local.get $at)))))
          (memory.copy (local.get $at) (local.get $match) (local.get $length))
          (local.set $at (i32.add (local.get $at) (local.get $length)))
          (br_if $double (i32.lt_u (local.get $at) (local.get $to))))
        (br $next)))

      (if (i32.lt_u (local.get $distance) (i32.const 8))
        (then
          (loop $one
            (i32.store8 (local.get $at) (i32.load8_u (local.get $match)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (local.set $match (i32.add (local.get $match) (i32.const 1)))
            (br_if $one (i32.lt_u (local.get $at) (local.get $to)))))
        (else
          (loop $eight
            (i64.store (local.get $at) (i64.load (local.get $match)))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (local.set $match (i32.add (local.get $match) (i32.const 8)))
            (br_if $eight (i32.lt_u (local.get $at) (local.get $to))))
          (local.set $at (local.get $to))))
      (br $next)))))
