package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogLinesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LINE = "x".repeat(1023);
  private static final int ROOM = LogLines.MOST_WAITING / LINE.length();

  private final CountDownLatch reading = new CountDownLatch(1);
  private final StringWriter read = new StringWriter();
  private final LogLines lines = new LogLines(new PrintWriter(reader()), n -> n + " left out");

  @AfterEach
  void readAll() {
    reading.countDown();
  }

  @Test
  void whatIsSaidIsWrittenInItsOrder() throws Exception {
    reading.countDown();
    List<String> said = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      said.add("line " + i);
      lines.add("line " + i);
    }
    assertThat(written()).isEqualTo(said);
  }

  @Test
  void whileNobodyReadsNobodyWaitsAndWhatIsLeftOutIsCountedInItsPlace() throws Exception {
    for (int i = 0; i < ROOM + 7; i++) {
      lines.add(LINE);
    }
    reading.countDown();
    lines.flush(PATIENCE);
    lines.add("again");
    List<String> written = written();
    assertThat(written).hasSize(ROOM + 2).endsWith(LINE, "7 left out", "again");
  }

  @Test
  void theEndDoesNotWaitForWhoDoesNotReadForLongerThanItsPatience() throws Exception {
    lines.add("unread");
    lines.flush(Duration.ofMillis(10));
    assertThat(read.toString()).isEmpty();
    reading.countDown();
    assertThat(written()).containsExactly("unread");
  }

  private List<String> written() throws InterruptedException {
    lines.flush(PATIENCE);
    return read.toString().lines().toList();
  }

  /** Takes nothing until it is read. */
  private Writer reader() {
    return new Writer() {
      @Override
      public void write(char[] text, int offset, int length) {
        try {
          reading.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        read.write(text, offset, length);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
