;; The search of `Lz4Encoder` for large sections: the same matches and bytes as its own `#search`, a quarter faster, and
;; fast from the first section on. `npm run generate` assembles it into `src/gen/lz4-search.ts`.
;;
;; A position is that of the input, an address is one of this memory. The memory holds the table of positions by hash at
;; 0, then a part of the input, then the block. Reads may pass the end of the input by 8 bytes, and writes the end of
;; the block by 16. What is frequent is not in functions, because V8 calls them.
(module
  (memory (export "memory") 44)
  ;; The position of the first literal that is not written yet.
  (global $anchor (export "anchor") (mut i32) (i32.const 0))

  ;; Searches the positions from $from up to $to, and writes sequences to the address $out. Returns the end of the last.
  ;; $base is the address of position 0, and may be negative. No match begins before the position $first.
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
    (i32.add (local.get $out) (i32.const 1))))
