package dev.holdfast.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** An input that adds what was read from it to a count. */
final class CountedInput extends FilterInputStream {
  private final AtomicLong count;

  CountedInput(InputStream in, AtomicLong count) {
    super(in);
    this.count = count;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    if (value >= 0) {
      count.incrementAndGet();
    }
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int bytes = super.read(target, offset, length);
    count.addAndGet(Math.max(0, bytes));
    return bytes;
  }
}
