package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hellos and answers of resume v2, right and wrong (PROTOCOL.resume-v2, sections 3 and 4). */
final class HellosV2Test {
  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final LinkV2.Position START = new LinkV2.Position(0, Window.INITIAL);
  private static final byte[] LINE = "holdfast-resume v2".getBytes(StandardCharsets.US_ASCII);

  private final Random random = new Random(1);
  private final ClientResumptionV2 client = new ClientResumptionV2(LINE);
  private final ServerResumptionV2 server = opened();

  @Test
  void eachTruncationWaitsForTheRestAndConsumesNothing() throws Exception {
    for (byte[] hello : List.of(fresh().hello(), client.resume(share(), START).hello())) {
      for (int length = 0; length < hello.length; length++) {
        ByteBuffer input = ByteBuffer.wrap(hello, 0, length);
        assertThat(HelloV2.read(input)).isNull();
        assertThat(input.position()).isZero();
      }
    }
    ClientResumptionV2.Attempt attempt = client.resume(share(), START);
    byte[] answer = answer(attempt);
    for (int length = 0; length < answer.length; length++) {
      assertThat(attempt.answer(ByteBuffer.wrap(answer, 0, length))).isNull();
    }
  }

  @Test
  void bytesBehindHelloAreLeft() throws Exception {
    byte[] hello = fresh().hello();
    ByteBuffer input = ByteBuffer.wrap(FrameBytes.join(hello, LINE));
    assertThat(HelloV2.read(input)).isInstanceOf(HelloV2.Open.class);
    assertThat(input.remaining()).isEqualTo(LINE.length);
  }

  @Test
  void bodiesThatEndEarlyAreRefused() throws Exception {
    for (byte[] hello : List.of(fresh().hello(), client.resume(share(), START).hello())) {
      for (int cut = 1; cut <= hello.length - 29; cut++) {
        byte[] shorter = withLength(Arrays.copyOf(hello, hello.length - cut));
        assertThatThrownBy(() -> HelloV2.read(ByteBuffer.wrap(shorter)))
            .isInstanceOf(ProtocolException.class);
      }
    }
  }

  @Test
  void lengthIsBoundBeforeTheBodyComes() {
    ByteBuffer hello = ByteBuffer.allocate(29).put(HelloV2.preface()).putShort((short) 1025);
    assertThatThrownBy(() -> HelloV2.read(hello.flip())).isInstanceOf(ProtocolException.class);
    ByteBuffer answer = ByteBuffer.allocate(3).put((byte) 0).putShort((short) 1025);
    assertThatThrownBy(() -> AnswerV2.read(answer.flip())).isInstanceOf(ProtocolException.class);
  }

  @Test
  void unknownExtensionsAreSkippedAndCriticalOnesRefused() throws Exception {
    byte[] hello = fresh().hello();
    byte[] skipped = withLength(FrameBytes.join(hello, new byte[] {0x7f, 1, 0, 2, 5, 6}));
    HelloV2.Open open = (HelloV2.Open) HelloV2.read(ByteBuffer.wrap(skipped));
    assertThat(Objects.requireNonNull(open).encoded()).isEqualTo(skipped);
    byte[] critical = withLength(FrameBytes.join(hello, new byte[] {(byte) 0x80, 1, 0, 0}));
    assertThatThrownBy(() -> HelloV2.read(ByteBuffer.wrap(critical)))
        .isInstanceOf(ProtocolException.class);
    byte[] cut = withLength(FrameBytes.join(hello, new byte[] {0x7f, 1, 0, 3, 5, 6}));
    assertThatThrownBy(() -> HelloV2.read(ByteBuffer.wrap(cut)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void eachChangedBitOfResumeIsNotProven() throws Exception {
    byte[] hello = client.resume(share(), START).hello();
    assertThat(proves(hello)).isTrue();
    for (int bit = 8 * 29; bit < 8 * hello.length; bit++) {
      byte[] changed = hello.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(proves(changed)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void helloIsGoodForOneUse() throws Exception {
    byte[] one = client.resume(share(), START).hello();
    byte[] two = client.resume(share(), START).hello();
    server.resume(resume(two), share(), START, PATIENCE);
    assertThat(proves(two)).isFalse();
    assertThat(proves(one)).isFalse();
    assertThat(proves(client.resume(share(), START).hello())).isTrue();
  }

  @Test
  void eachChangedBitOfAnswerIsNoticed() throws Exception {
    ClientResumptionV2.Attempt attempt = client.resume(share(), START);
    byte[] answer = answer(attempt);
    for (int bit = 24; bit < 8 * answer.length; bit++) {
      // The top bit of a share is ignored by X25519, but it is part of the transcript.
      byte[] changed = answer.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(attempt.answer(ByteBuffer.wrap(changed)))
            .as("bit %d", bit)
            .isNotInstanceOf(ClientResumptionV2.Outcome.Accepted.class);
      } catch (ProtocolException expected) {
        assertThat(expected).hasMessageNotContaining("secret");
      }
    }
    assertThat(attempt.answer(ByteBuffer.wrap(answer)))
        .isInstanceOf(ClientResumptionV2.Outcome.Accepted.class);
  }

  @Test
  void answerToAnotherHelloDoesNotFit() throws Exception {
    byte[] recorded = answer(client.resume(share(), START));
    ClientResumptionV2.Attempt later = client.resume(share(), START);
    assertThatThrownBy(() -> later.answer(ByteBuffer.wrap(recorded)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void lateAnswerDoesNotTakeTheClientBackToSecretsThatTheServerForgot() throws Exception {
    ClientResumptionV2.Attempt slow = client.resume(share(), START);
    byte[] slowAnswer = answer(slow);
    resumeAndTake();
    resumeAndTake();
    assertThatThrownBy(() -> slow.answer(ByteBuffer.wrap(slowAnswer)))
        .isInstanceOf(ProtocolException.class);
    assertThat(proves(client.resume(share(), START).hello())).isTrue();
  }

  @Test
  void clientMayMissAnyNumberOfAnswers() throws Exception {
    for (int i = 0; i < 50; i++) {
      answer(client.resume(share(), START));
      assertThat(server.ids().size()).isLessThanOrEqualTo(1 + ServerResumptionV2.MOST_OFFERED);
    }
    assertThat(proves(client.resume(share(), START).hello())).isTrue();
    resumeAndTake();
    resumeAndTake();
    assertThat(server.ids()).hasSize(2);
  }

  @Test
  void nameChangesWithEachResume() throws Exception {
    List<StreamId> seen = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      StreamId id = resume(client.resume(share(), START).hello()).id();
      assertThat(seen).doesNotContain(id);
      seen.add(id);
      resumeAndTake();
    }
  }

  @Test
  void generationsSurviveHandOver() throws Exception {
    answer(client.resume(share(), START));
    byte[] used = client.resume(share(), START).hello();
    server.resume(resume(used), share(), START, PATIENCE);
    ServerResumptionV2 successor = ServerResumptionV2.restored(server.keep());
    assertThat(successor.ids()).isEqualTo(server.ids());
    assertThat(successor.proves(resume(used))).isFalse();
    assertThat(successor.proves(resume(client.resume(share(), START).hello()))).isTrue();
  }

  @Test
  void shareThatMakesTheSecretZeroIsRefused() {
    byte[] hello = HelloV2.open(new byte[KeyShare.BYTES], Window.INITIAL);
    assertThatThrownBy(() ->
            ServerResumptionV2.open(
                (HelloV2.Open) Objects.requireNonNull(HelloV2.read(ByteBuffer.wrap(hello))),
                share(),
                LINE,
                START,
                PATIENCE))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void refusalsSayWhetherTryingAgainMakesSense() throws Exception {
    for (AnswerV2.Why why : AnswerV2.Why.values()) {
      AnswerV2 answer = AnswerV2.read(ByteBuffer.wrap(AnswerV2.refused(why, "é".repeat(200))));
      assertThat(answer).isEqualTo(new AnswerV2.Refused(why, "é".repeat(200)));
    }
    assertThat(AnswerV2.Why.UNKNOWN.isFinal()).isTrue();
    assertThat(AnswerV2.Why.BUSY.isFinal()).isFalse();
  }

  @Test
  void randomBytesBehindThePrefaceAreNeverMoreThanRefused() {
    for (int i = 0; i < 50_000; i++) {
      byte[] body = new byte[random.nextInt(200)];
      random.nextBytes(body);
      if (body.length > 0) {
        body[0] = (byte) (1 + random.nextInt(2));
      }
      byte[] hello = withLength(FrameBytes.join(HelloV2.preface(), new byte[2], body));
      try {
        HelloV2.read(ByteBuffer.wrap(hello));
        AnswerV2.read(ByteBuffer.wrap(hello).position(26));
      } catch (ProtocolException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
  }

  // ---- the server's side of it ----

  private ServerResumptionV2 opened() {
    try {
      ClientResumptionV2.Attempt attempt = fresh();
      HelloV2 hello = HelloV2.read(ByteBuffer.wrap(attempt.hello()));
      ServerResumptionV2.Answered answered =
          ServerResumptionV2.open(
              (HelloV2.Open) Objects.requireNonNull(hello), share(), LINE, START, PATIENCE);
      attempt.answer(ByteBuffer.wrap(answered.answer()));
      return answered.resumption();
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private ClientResumptionV2.Attempt fresh() {
    return client.open(share(), START);
  }

  private void resumeAndTake() throws ProtocolException {
    ClientResumptionV2.Attempt attempt = client.resume(share(), START);
    attempt.answer(ByteBuffer.wrap(answer(attempt)));
  }

  private byte[] answer(ClientResumptionV2.Attempt attempt) throws ProtocolException {
    HelloV2.Resume hello = resume(attempt.hello());
    assertThat(server.proves(hello)).isTrue();
    return server.resume(hello, share(), START, PATIENCE);
  }

  private boolean proves(byte[] hello) {
    try {
      return HelloV2.read(ByteBuffer.wrap(hello)) instanceof HelloV2.Resume resume
          && server.proves(resume);
    } catch (ProtocolException e) {
      return false;
    }
  }

  private static HelloV2.Resume resume(byte[] hello) throws ProtocolException {
    return (HelloV2.Resume) Objects.requireNonNull(HelloV2.read(ByteBuffer.wrap(hello)));
  }

  private KeyShare share() {
    byte[] secret = new byte[KeyShare.BYTES];
    random.nextBytes(secret);
    return new KeyShare(secret);
  }

  /** Makes the length field say what follows it. */
  private static byte[] withLength(byte[] hello) {
    ByteBuffer.wrap(hello).putShort(27, (short) (hello.length - 29));
    return hello;
  }
}
