package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A live session between its owner and guests, none of whom is real. */
@Timeout(120)
final class LiveTerminalTest {
  private static final Size SIZE = new Size(80, 24);
  private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 4711);

  private final ExecutorService events = Executors.newSingleThreadExecutor();
  private final FakeProgram program = new FakeProgram();
  private final FakeClient alice = new FakeClient(SIZE);
  private final LiveTerminal terminal =
      new LiveTerminal(
          new JoinableTerminal.Owner("alice", "deploy", RecordingPolicy.OFF),
          alice,
          SIZE,
          events,
          () -> {});
  private @Nullable ClientEnd below;
  private final ServedSession owned = terminal.serve(announced());

  /** The program as it is behind what announces guests. */
  private ServedSession announced() {
    SessionStart start =
        new SessionStart(
            new Login("deploy", FROM),
            FROM,
            new SessionRequest.Shell(),
            Map.of(),
            new Pty("xterm", new WindowSize(80, 24, 0, 0), Map.of()),
            false,
            null,
            Granted.NOTHING);
    SessionAnswer answer =
        new AnnouncedSessions(
                (_, client) -> {
                  below = client;
                  return new SessionAnswer.Served(program);
                })
            .start(start, terminal);
    return ((SessionAnswer.Served) answer).session();
  }

  @AfterEach
  void stop() {
    events.shutdownNow();
  }

  private ClientEnd below() {
    return Objects.requireNonNull(below);
  }

  private void settle() throws Exception {
    for (int i = 0; i < 3; i++) {
      events.submit(() -> {}).get();
    }
  }

  private Attachment guest(String user, FakeClient client, AttachMode mode, Size window)
      throws Exception {
    Attachment guest = terminal.guest(user, client, mode, window);
    guest.begin();
    settle();
    return guest;
  }

  private void write(String text) throws IOException {
    FakeProgram.write(below(), text, 1000);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String lines(int from, int to) {
    StringBuilder text = new StringBuilder();
    IntStream.range(from, to).forEach(i -> text.append("line ").append(i).append("\r\n"));
    return text.toString();
  }

  private static List<String> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
  }

  @Test
  void aGuestSeesWhatThereIsAndWhatComesAndBothSeeWhoIsThere() throws Exception {
    write(lines(0, 40));
    FakeClient bob = new FakeClient(SIZE);
    guest("bob", bob, AttachMode.SHARE, SIZE);
    write(lines(40, 60));
    assertThat(bob.lines()).isEqualTo(numbered(0, 60));
    assertThat(alice.lines()).isEqualTo(numbered(0, 60));
    FakeClient carol = new FakeClient(SIZE);
    Attachment watching = guest("carol", carol, AttachMode.WATCH, SIZE);
    watching.closed();
    settle();
    for (FakeClient each : List.of(alice, bob)) {
      assertThat(each.text())
          .contains("[bob has joined and may type; here: alice, bob]\r\n")
          .contains("[carol looks on; here: alice, bob, carol]\r\n")
          .contains("[carol has left; here: alice, bob]\r\n");
    }
    assertThat(carol.text()).contains("[carol looks on; here: alice, bob, carol]");
  }

  @Test
  void keysOfAGuestWhoMayTypeGoInAndThoseOfAnObserverAndAnswersDoNot() throws Exception {
    Attachment bob = guest("bob", new FakeClient(SIZE), AttachMode.SHARE, SIZE);
    Attachment carol = guest("carol", new FakeClient(SIZE), AttachMode.WATCH, SIZE);
    assertThat(owned.input(bytes("a"), 0, 1)).isEqualTo(1);
    assertThat(bob.input(bytes("b\033[?1;2c"), 0, 8)).isEqualTo(8);
    assertThat(carol.input(bytes("c"), 0, 1)).isEqualTo(1);
    assertThat(program.typed()).isEqualTo("ab");
  }

  @Test
  void theOwnerAndTheProgramNeverWaitForAGuestAndWhoLagsIsPaintedAnew() throws Exception {
    FakeClient bob = new FakeClient(SIZE);
    Attachment lagging = guest("bob", bob, AttachMode.SHARE, SIZE);
    bob.takes(0);
    write(lines(0, 100_000));
    assertThat(alice.lines()).hasSize(100_000);
    bob.takes(Integer.MAX_VALUE);
    lagging.writable();
    settle();
    write(lines(100_000, 100_010));
    List<String> seen = bob.lines();
    assertThat(seen).endsWith(numbered(99_990, 100_010).toArray(String[]::new));
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void theSizeIsTheOwnersWhateverAGuestHas() throws Exception {
    FakeClient bob = new FakeClient(new Size(40, 10));
    Attachment small = guest("bob", bob, AttachMode.SHARE, new Size(40, 10));
    small.resize(new WindowSize(30, 8, 0, 0));
    settle();
    assertThat(program.sizes).isEmpty();
    owned.resize(new WindowSize(100, 30, 0, 0));
    settle();
    assertThat(program.sizes).containsExactly(new WindowSize(100, 30, 0, 0));
    write(lines(0, 3));
    assertThat(bob.lines()).endsWith("line 2");
  }

  @Test
  void aGuestIsToldOfTheEndBehindTheLastOfTheOutputAndGetsTheStatus() throws Exception {
    FakeClient bob = new FakeClient(SIZE);
    Attachment guest = guest("bob", bob, AttachMode.SHARE, SIZE);
    bob.takes(0);
    write("the last words\r\n");
    below().exit(new Ending.Status(3));
    assertThat(alice.ending()).isEqualTo(new Ending.Status(3));
    assertThat(bob.ending()).isNull();
    bob.takes(Integer.MAX_VALUE);
    guest.writable();
    settle();
    assertThat(bob.ending()).isEqualTo(new Ending.Status(3));
    assertThat(bob.text())
        .contains("the last words")
        .endsWith("[alice's session has ended with status 3]\r\n");
    FakeClient late = new FakeClient(SIZE);
    guest("carol", late, AttachMode.SHARE, SIZE);
    assertThat(late.text()).endsWith("[alice's session has ended]\r\n");
  }

  @Test
  void aGuestWhoDetachesLeavesTheSessionAsItWas() throws Exception {
    FakeClient bob = new FakeClient(SIZE);
    Attachment guest = guest("bob", bob, AttachMode.SHARE, SIZE);
    guest.input(new byte[] {0x1c, 'd'}, 0, 2);
    settle();
    assertThat(bob.text()).endsWith("[detached from alice's session]\r\n");
    assertThat(bob.ending()).isEqualTo(new Ending.Status(0));
    assertThat(alice.ending()).isNull();
    assertThat(alice.text()).endsWith("[bob has left; here: alice]\r\n");
    assertThat(program.closed).isFalse();
    assertThat(guest.input(bytes("x"), 0, 1)).isEqualTo(1);
    assertThat(program.typed()).isEmpty();
  }

  @Test
  void whatSomebodyTypesBeforeTheOwnerIsToldOfHimGoesNowhere() throws Exception {
    Attachment early = terminal.guest("bob", new FakeClient(SIZE), AttachMode.SHARE, SIZE);
    assertThat(early.input(bytes("x"), 0, 1)).isEqualTo(1);
    early.signal("INT");
    assertThat(early.sendBreak(java.time.Duration.ofSeconds(1))).isFalse();
    assertThat(program.typed()).isEmpty();
    early.begin();
    settle();
    early.input(bytes("y"), 0, 1);
    assertThat(program.typed()).isEqualTo("y");
  }

  @Test
  void whenTheOwnerIsGoneHisGuestsAreSentAway() throws Exception {
    FakeClient bob = new FakeClient(SIZE);
    guest("bob", bob, AttachMode.SHARE, SIZE);
    owned.closed();
    settle();
    assertThat(program.closed).isTrue();
    assertThat(bob.text()).endsWith("[alice's session was ended]\r\n");
    assertThat(bob.ending()).isEqualTo(new Ending.Status(254));
  }

  @Test
  void whoCanNotBeAnnouncedDoesNotComeInAndTheOwnerIsToldOfAllOthersLater() throws Exception {
    alice.takes(0);
    List<FakeClient> refused = new ArrayList<>();
    int come = 0;
    while (refused.isEmpty() && come < 10_000) {
      FakeClient each = new FakeClient(SIZE);
      Attachment guest = guest("guest" + come, each, AttachMode.WATCH, SIZE);
      guest.closed();
      settle();
      come++;
      if (each.text().contains("can't be told")) {
        refused.add(each);
      }
    }
    assertThat(refused).hasSize(1);
    assertThat(refused.getFirst().ending()).isEqualTo(new Ending.Status(0));
    alice.takes(Integer.MAX_VALUE);
    write("next");
    assertThat(alice.text())
        .contains("[guest0 looks on; here: alice, guest0]")
        .contains("[guest" + (come - 2) + " has left; here: alice]")
        .doesNotContain("guest" + (come - 1))
        .endsWith("next");
  }

  @Test
  void noMoreThanTheMostGuestsHaveAPlace() throws Exception {
    for (int i = 0; i < GuestList.MOST; i++) {
      assertThat(terminal.hasPlace()).isTrue();
      guest("bob", new FakeClient(SIZE), AttachMode.WATCH, SIZE);
    }
    assertThat(terminal.hasPlace()).isFalse();
    FakeClient late = new FakeClient(SIZE);
    guest("late", late, AttachMode.WATCH, SIZE);
    assertThat(late.text()).contains("alice's session has no place for another guest");
    assertThat(alice.text()).doesNotContain("late");
  }

  @Test
  void aProgramThatFillsTheScreenIsAnnouncedToInTheLastLine() throws Exception {
    write("\033[?1049h\033[2J\033[5;5Hmenu");
    guest("bob", new FakeClient(SIZE), AttachMode.SHARE, SIZE);
    assertThat(alice.text())
        .endsWith(
            "\0337\033[999;1H\033[0;7m[bob has joined and may type; here: alice, bob]"
                + "\033[0m\033[K\0338");
  }
}
