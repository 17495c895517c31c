package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A named session between a program and clients that are not real. */
@Timeout(120)
class NamedSessionTest {
  private static final Size SIZE = new Size(80, 24);

  private final ExecutorService events = Executors.newSingleThreadExecutor();
  private final FakeProgram program = new FakeProgram();
  private final NamedSession session =
      new NamedSession(
          "work", SIZE, new Settings(64 * 1024 * 1024, true), events, () -> {}, System::nanoTime);

  NamedSessionTest() {
    session.run(program);
  }

  @AfterEach
  void stop() {
    events.shutdownNow();
  }

  private Attachment attach(FakeClient client, AttachMode mode, Size window) {
    Attachment attachment = new Attachment(session, client, mode, window);
    attachment.begin();
    return attachment;
  }

  private void settle() throws Exception {
    events.submit(() -> {}).get();
  }

  private static String lines(int from, int to) {
    StringBuilder text = new StringBuilder();
    IntStream.range(from, to).forEach(i -> text.append("line ").append(i).append("\r\n"));
    return text.toString();
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "line " + i).toList();
  }

  private void write(String text) throws IOException {
    FakeProgram.write(session, text, 1000);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void whoeverAttachesWhileTheProgramWritesGetsEachLineOnceAndInOrder() throws Exception {
    int count = 40_000;
    SplittableRandom random = new SplittableRandom(7);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                FakeProgram.write(session, lines(0, count), 997);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    List<FakeClient> watchers = new ArrayList<>();
    while (writer.isAlive() && watchers.size() < 40) {
      FakeClient client = new FakeClient(SIZE);
      watchers.add(client);
      attach(client, AttachMode.SHARE, SIZE);
      settle();
      for (int i = random.nextInt(100_000); i > 0; i--) {
        Thread.onSpinWait();
      }
    }
    writer.join();
    settle();
    assertThat(watchers).hasSizeGreaterThan(1);
    for (FakeClient client : watchers) {
      assertThat(client.lines()).isEqualTo(numbered(count));
    }
  }

  @Test
  void aWatcherThatLagsIsPaintedAnewAndMissesNoLine() throws Exception {
    FakeClient first = new FakeClient(SIZE);
    FakeClient slow = new FakeClient(SIZE);
    attach(first, AttachMode.TAKE, SIZE);
    Attachment lagging = attach(slow, AttachMode.WATCH, SIZE);
    settle();
    write(lines(0, 100));
    slow.takes(0);
    write(lines(100, 100_000));
    assertThat(first.lines()).hasSize(100_000);
    slow.takes(Integer.MAX_VALUE);
    lagging.writable();
    settle();
    write(lines(100_000, 100_010));
    assertThat(slow.lines()).isEqualTo(numbered(100_010));
  }

  @Test
  void aWatcherOfAnotherSizeSeesTheSameLines() throws Exception {
    FakeClient first = new FakeClient(SIZE);
    FakeClient small = new FakeClient(new Size(40, 10));
    attach(first, AttachMode.TAKE, SIZE);
    attach(small, AttachMode.WATCH, new Size(40, 10));
    settle();
    write(lines(0, 50) + "line 50");
    assertThat(program.sizes).containsExactly(new WindowSize(80, 24, 0, 0));
    assertThat(small.lines()).endsWith("line 50").doesNotHaveDuplicates();
  }

  @Test
  void theOnlyClientIsWaitedForAndABoundHolds() throws Exception {
    FakeClient only = new FakeClient(SIZE);
    Attachment attachment = attach(only, AttachMode.TAKE, SIZE);
    settle();
    only.takes(0);
    byte[] much = new byte[64 * 1024];
    java.util.Arrays.fill(much, (byte) 'x');
    int written = 0;
    int count = 0;
    while (count != ClientEnd.NO_ROOM) {
      count =
          session.write(
              ClientEnd.Output.STDOUT,
              (target, offset, length) -> {
                System.arraycopy(much, 0, target, offset, length);
                return length;
              });
      written += Math.max(count, 0);
      assertThat(written).isLessThanOrEqualTo(Attachment.MOST_WAITING);
    }
    only.takes(Integer.MAX_VALUE);
    attachment.writable();
    settle();
    assertThat(program.writables).hasPositiveValue();
    assertThat(session.isWritable()).isTrue();
  }

  @Test
  void nobodyAttachedHoldsNothingUp() throws Exception {
    write(lines(0, 200_000));
    FakeClient late = new FakeClient(SIZE);
    attach(late, AttachMode.TAKE, SIZE);
    settle();
    assertThat(late.lines()).hasSize(200_000);
  }

  @Test
  void aQuestionIsAnsweredForAProgramThatNobodyIsAttachedTo() throws Exception {
    write("ab\033[6n");
    assertThat(program.typed()).isEqualTo("\033[1;3R");
    attach(new FakeClient(SIZE), AttachMode.TAKE, SIZE);
    settle();
    write("\033[6n");
    assertThat(program.typed()).isEqualTo("\033[1;3R");
  }

  @Test
  void takingOverDetachesTheOthersAndSharingDoesNot() throws Exception {
    FakeClient first = new FakeClient(SIZE);
    FakeClient second = new FakeClient(SIZE);
    FakeClient third = new FakeClient(SIZE);
    attach(first, AttachMode.TAKE, SIZE);
    attach(second, AttachMode.SHARE, SIZE);
    settle();
    assertThat(first.ending()).isNull();
    attach(third, AttachMode.TAKE, SIZE);
    settle();
    assertThat(first.ending()).isEqualTo(new Ending.Status(0));
    assertThat(first.text()).endsWith("[session work was attached elsewhere]\r\n");
    assertThat(second.ending()).isNotNull();
    assertThat(third.ending()).isNull();
    assertThat(session.state("u").attached()).isEqualTo(1);
  }

  @Test
  void theSizeIsTheSmallestOfThoseThatType() throws Exception {
    Attachment wide = attach(new FakeClient(new Size(100, 20)), AttachMode.TAKE, new Size(100, 20));
    Attachment high = attach(new FakeClient(new Size(50, 60)), AttachMode.SHARE, new Size(50, 60));
    attach(new FakeClient(new Size(10, 5)), AttachMode.WATCH, new Size(10, 5));
    settle();
    assertThat(session.state("u").size()).isEqualTo(new Size(50, 20));
    high.closed();
    settle();
    assertThat(session.state("u").size()).isEqualTo(new Size(100, 20));
    wide.resize(new WindowSize(90, 30, 0, 0));
    settle();
    assertThat(session.state("u").size()).isEqualTo(new Size(90, 30));
    assertThat(program.sizes).last().isEqualTo(new WindowSize(90, 30, 0, 0));
  }

  @Test
  void keysGoThroughOnceWhateverPortionsTheyComeIn() throws Exception {
    FakeClient client = new FakeClient(SIZE);
    Attachment attachment = attach(client, AttachMode.TAKE, SIZE);
    settle();
    String keys = "abc\034\034def\034xyz\034\034\034\034";
    int left = 0;
    for (byte key : bytes(keys)) {
      left += attachment.input(new byte[] {key}, 0, 1);
    }
    assertThat(program.typed()).isEqualTo("abc\034def\034xyz\034\034");
    assertThat(left + client.consumed()).isEqualTo(keys.length());
    int atOnce = attachment.input(bytes(keys), 0, keys.length());
    assertThat(left + atOnce + client.consumed()).isEqualTo(2 * keys.length());
    assertThat(program.typed()).isEqualTo("abc\034def\034xyz\034\034".repeat(2));
  }

  @Test
  void theDetachKeyDetachesAndTheProgramGoesOn() throws Exception {
    FakeClient client = new FakeClient(SIZE);
    Attachment attachment = attach(client, AttachMode.TAKE, SIZE);
    settle();
    byte[] keys = bytes("ls\034d");
    assertThat(attachment.input(keys, 0, keys.length)).isEqualTo(keys.length);
    settle();
    assertThat(program.typed()).isEqualTo("ls");
    assertThat(client.ending()).isEqualTo(new Ending.Status(0));
    assertThat(client.text()).endsWith("[detached from work]\r\n");
    assertThat(program.closed).isFalse();
  }

  @Test
  void aWatcherTypesNothing() throws Exception {
    Attachment watcher = attach(new FakeClient(SIZE), AttachMode.WATCH, SIZE);
    settle();
    assertThat(watcher.input(bytes("rm"), 0, 2)).isEqualTo(2);
    assertThat(program.typed()).isEmpty();
  }

  @Test
  void allThatAreAttachedAreToldHowTheProgramEndedAfterItsLastWord() throws Exception {
    FakeClient first = new FakeClient(SIZE);
    FakeClient slow = new FakeClient(SIZE);
    attach(first, AttachMode.TAKE, SIZE);
    Attachment late = attach(slow, AttachMode.SHARE, SIZE);
    settle();
    slow.takes(0);
    write("bye");
    session.exit(new Ending.Status(3));
    assertThat(first.ending()).isEqualTo(new Ending.Status(3));
    assertThat(slow.ending()).isNull();
    slow.takes(Integer.MAX_VALUE);
    late.writable();
    await().until(() -> slow.ending() != null);
    assertThat(slow.text()).endsWith("bye");
    assertThat(program.closed).isTrue();
  }

  @Test
  void theProgramGetsOneAnswerOfTwoTerminalsAndEveryKey() throws Exception {
    Attachment first = attach(new FakeClient(SIZE), AttachMode.SHARE, SIZE);
    Attachment second = attach(new FakeClient(SIZE), AttachMode.SHARE, SIZE);
    settle();
    byte[] one = bytes("\033[?62ca");
    byte[] two = bytes("\033[?64cb\033[A");
    assertThat(first.input(one, 0, one.length)).isEqualTo(one.length);
    assertThat(second.input(two, 0, two.length)).isEqualTo(two.length);
    assertThat(program.typed()).isEqualTo("\033[?62cab\033[A");
    first.closed();
    settle();
    second.input(two, 0, two.length);
    assertThat(program.typed()).isEqualTo("\033[?62cab\033[A\033[?64cb\033[A");
  }

  @Test
  void killingTellsEverybodyAndHangsUp() throws Exception {
    FakeClient client = new FakeClient(SIZE);
    attach(client, AttachMode.TAKE, SIZE);
    settle();
    session.kill();
    assertThat(client.text()).endsWith("[session work was killed]\r\n");
    assertThat(program.closed).isTrue();
  }
}
