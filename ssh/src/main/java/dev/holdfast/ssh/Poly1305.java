package dev.holdfast.ssh;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The one-time authenticator of RFC 8439 2.5: a polynomial over blocks of 16 bytes, modulo 2^130-5.
 *
 * <p>Numbers are kept in three limbs of 44, 44 and 42 bits, as in Andrew Moon's poly1305-donna-64.
 * Java has no 128-bit sums, so a product of two limbs is shifted until its upper 64 bits are what
 * lies above 44 bits, and both halves are summed apart; nothing can then overflow. Two blocks are
 * taken at once, {@code h = (h + a) r^2 + b r}, so that the processor has twice as much to do that
 * does not wait for anything. No branch and no index depends on the key or the bytes.
 *
 * <p>Confined to one thread at a time.
 */
final class Poly1305 {
  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;

  private static final int BLOCK = 16;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long M44 = (1L << 44) - 1;
  private static final long M42 = (1L << 42) - 1;

  /** The bit behind each whole block, in the upper limb: 2^128. */
  private static final long BEHIND = 1L << 40;

  /** The factors are shifted by so much each, together by 64 - 44. */
  private static final int SHIFT = 10;

  private final byte[] partial = new byte[BLOCK];
  private int partialSize;

  // r and r squared, shifted; s is 20 r, what carries a limb over 2^130 down again.
  private long r0;
  private long r1;
  private long r2;
  private long q0;
  private long q1;
  private long q2;
  private long pad0;
  private long pad1;

  private long h0;
  private long h1;
  private long h2;

  /** Begins with the key of one message. */
  void init(byte[] key) {
    long t0 = (long) LONGS.get(key, 0);
    long t1 = (long) LONGS.get(key, 8);
    r0 = (t0 & 0xffc_0fff_ffffL) << SHIFT;
    r1 = (((t0 >>> 44) | (t1 << 20)) & 0xfff_ffc0_ffffL) << SHIFT;
    r2 = ((t1 >>> 24) & 0x00f_ffff_fc0fL) << SHIFT;
    pad0 = (long) LONGS.get(key, 16);
    pad1 = (long) LONGS.get(key, 24);
    square();
    h0 = 0;
    h1 = 0;
    h2 = 0;
    partialSize = 0;
  }

  private void square() {
    h0 = r0 >>> SHIFT;
    h1 = r1 >>> SHIFT;
    h2 = r2 >>> SHIFT;
    multiply();
    q0 = h0 << SHIFT;
    q1 = h1 << SHIFT;
    q2 = h2 << SHIFT;
  }

  /** Takes more of the message in. */
  void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int left = length;
    if (partialSize > 0) {
      int count = Math.min(left, BLOCK - partialSize);
      System.arraycopy(bytes, at, partial, partialSize, count);
      partialSize += count;
      at += count;
      left -= count;
      if (partialSize < BLOCK) {
        return;
      }
      block(partial, 0, BEHIND);
      partialSize = 0;
    }
    int pairs = left & -(2 * BLOCK);
    pairs(bytes, at, at + pairs);
    at += pairs;
    left -= pairs;
    if (left >= BLOCK) {
      block(bytes, at, BEHIND);
      at += BLOCK;
      left -= BLOCK;
    }
    System.arraycopy(bytes, at, partial, 0, left);
    partialSize = left;
  }

  /** Writes the tag; the next message needs another key. */
  void finish(byte[] target, int offset) {
    if (partialSize > 0) {
      partial[partialSize] = 1;
      Arrays.fill(partial, partialSize + 1, BLOCK, (byte) 0);
      block(partial, 0, 0);
      partialSize = 0;
    }
    reduce();
    long low = h0 | (h1 << 44);
    long high = (h1 >>> 20) | (h2 << 24);
    long sum = low + pad0;
    long carry = ((low & pad0) | ((low | pad0) & ~sum)) >>> 63;
    LONGS.set(target, offset, sum);
    LONGS.set(target, offset + 8, high + pad1 + carry);
  }

  private void block(byte[] bytes, int at, long behind) {
    long t0 = (long) LONGS.get(bytes, at);
    long t1 = (long) LONGS.get(bytes, at + 8);
    h0 += t0 & M44;
    h1 += ((t0 >>> 44) | (t1 << 20)) & M44;
    h2 += (t1 >>> 24) | behind;
    multiply();
  }

  /** {@code h = h r}, limbs just above their sizes at most. */
  private void multiply() {
    long s1 = r1 * 20;
    long s2 = r2 * 20;
    long a0 = h0 << SHIFT;
    long a1 = h1 << SHIFT;
    long a2 = h2 << SHIFT;
    carry(
        low(a0, r0) + low(a1, s2) + low(a2, s1),
        high(a0, r0) + high(a1, s2) + high(a2, s1),
        low(a0, r1) + low(a1, r0) + low(a2, s2),
        high(a0, r1) + high(a1, r0) + high(a2, s2),
        low(a0, r2) + low(a1, r1) + low(a2, r0),
        high(a0, r2) + high(a1, r1) + high(a2, r0));
  }

  private void carry(long l0, long u0, long l1, long u1, long l2, long u2) {
    long t1 = l1 + u0 + (l0 >>> 44);
    long t2 = l2 + u1 + (t1 >>> 44);
    long t0 = (l0 & M44) + 5 * ((u2 << 2) + (t2 >>> 42));
    h0 = t0 & M44;
    h1 = (t1 & M44) + (t0 >>> 44);
    h2 = t2 & M42;
  }

  /** Whole pairs of blocks; everything in local variables, or the compiler stores it each time. */
  private void pairs(byte[] bytes, int from, int to) {
    long r0 = this.r0;
    long r1 = this.r1;
    long r2 = this.r2;
    long s1 = r1 * 20;
    long s2 = r2 * 20;
    long q0 = this.q0;
    long q1 = this.q1;
    long q2 = this.q2;
    long p1 = q1 * 20;
    long p2 = q2 * 20;
    long h0 = this.h0;
    long h1 = this.h1;
    long h2 = this.h2;
    for (int at = from; at < to; at += 2 * BLOCK) {
      long t0 = (long) LONGS.get(bytes, at);
      long t1 = (long) LONGS.get(bytes, at + 8);
      long t2 = (long) LONGS.get(bytes, at + 16);
      long t3 = (long) LONGS.get(bytes, at + 24);
      long a0 = (h0 + (t0 & M44)) << SHIFT;
      long a1 = (h1 + (((t0 >>> 44) | (t1 << 20)) & M44)) << SHIFT;
      long a2 = (h2 + ((t1 >>> 24) | BEHIND)) << SHIFT;
      long b0 = (t2 & M44) << SHIFT;
      long b1 = (((t2 >>> 44) | (t3 << 20)) & M44) << SHIFT;
      long b2 = ((t3 >>> 24) | BEHIND) << SHIFT;
      long l0 = low(a0, q0) + low(a1, p2) + low(a2, p1) + low(b0, r0) + low(b1, s2) + low(b2, s1);
      long u0 =
          high(a0, q0) + high(a1, p2) + high(a2, p1) + high(b0, r0) + high(b1, s2) + high(b2, s1);
      long l1 = low(a0, q1) + low(a1, q0) + low(a2, p2) + low(b0, r1) + low(b1, r0) + low(b2, s2);
      long u1 =
          high(a0, q1) + high(a1, q0) + high(a2, p2) + high(b0, r1) + high(b1, r0) + high(b2, s2);
      long l2 = low(a0, q2) + low(a1, q1) + low(a2, q0) + low(b0, r2) + low(b1, r1) + low(b2, r0);
      long u2 =
          high(a0, q2) + high(a1, q1) + high(a2, q0) + high(b0, r2) + high(b1, r1) + high(b2, r0);
      long c1 = l1 + u0 + (l0 >>> 44);
      long c2 = l2 + u1 + (c1 >>> 44);
      long c0 = (l0 & M44) + 5 * ((u2 << 2) + (c2 >>> 42));
      h0 = c0 & M44;
      h1 = (c1 & M44) + (c0 >>> 44);
      h2 = c2 & M42;
    }
    this.h0 = h0;
    this.h1 = h1;
    this.h2 = h2;
  }

  /** The lower 44 bits of a product of two shifted factors. */
  private static long low(long a, long b) {
    return (a * b) >>> (2 * SHIFT);
  }

  /** What is above them. */
  private static long high(long a, long b) {
    return Math.multiplyHigh(a, b);
  }

  /** The smallest number that is the same modulo 2^130-5. */
  private void reduce() {
    for (int i = 0; i < 2; i++) {
      h2 += h1 >>> 44;
      h1 &= M44;
      h0 += 5 * (h2 >>> 42);
      h2 &= M42;
      h1 += h0 >>> 44;
      h0 &= M44;
    }
    h2 += h1 >>> 44;
    h1 &= M44;
    long g0 = h0 + 5;
    long g1 = h1 + (g0 >>> 44);
    long g2 = h2 + (g1 >>> 44) - (1L << 42);
    long keep = g2 >> 63;
    h0 = (h0 & keep) | (g0 & M44 & ~keep);
    h1 = (h1 & keep) | (g1 & M44 & ~keep);
    h2 = (h2 & keep) | (g2 & ~keep);
  }
}
