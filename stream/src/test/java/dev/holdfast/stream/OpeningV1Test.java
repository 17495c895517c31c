package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Openings of both sides, cut, damaged and made up. */
class OpeningV1Test {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String HOST = "i-0123456789abcdef0";

  private final KeyExchangeV1 clientKey = KeyExchangeV1.fresh(RANDOM);
  private final KeyExchangeV1 serverKey = KeyExchangeV1.fresh(RANDOM);
  private final byte[] line = new ServerOpeningV1(serverKey).line(HOST).encoded();

  /** Everything that a client says before its first frame. */
  private byte[] newStream() throws ProtocolException {
    ClientOpeningV1 client = ClientOpeningV1.fresh(clientKey);
    var opened = (ClientOpeningV1.Step.Opened) client.read(ByteBuffer.wrap(line));
    return join(client.firstFlight(), opened.reply());
  }

  private byte[] resume(TokenV1 token) throws ProtocolException {
    ClientOpeningV1 client =
        ClientOpeningV1.resume(clientKey, new ClientOpeningV1.Session(token, HOST));
    var proving = (ClientOpeningV1.Step.Proving) client.read(ByteBuffer.wrap(line));
    return join(client.firstFlight(), proving.reply());
  }

  private static byte[] join(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  @Test
  void bothSidesComputeTheSameToken() throws ProtocolException {
    ClientOpeningV1 client = ClientOpeningV1.fresh(clientKey);
    var opened = (ClientOpeningV1.Step.Opened) client.read(ByteBuffer.wrap(line));
    ByteBuffer said = ByteBuffer.wrap(join(client.firstFlight(), opened.reply()));
    var fresh = (ServerOpeningV1.Step.Fresh) new ServerOpeningV1(serverKey).read(said);
    assertThat(fresh.token()).isEqualTo(opened.session().token());
    assertThat(opened.session().hostId()).isEqualTo(HOST);
    assertThat(said.hasRemaining()).isFalse();
  }

  @Test
  void theTokenOfAResumeArrives() throws ProtocolException {
    TokenV1 token = new TokenV1(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    var step = new ServerOpeningV1(serverKey).read(ByteBuffer.wrap(resume(token)));
    assertThat(step).isEqualTo(new ServerOpeningV1.Step.Resume(token));
  }

  @Test
  void aServerWaitsForTheRestOfWhateverIsCut() throws ProtocolException {
    TokenV1 token = new TokenV1(new byte[16]);
    for (byte[] whole : new byte[][] {newStream(), resume(token)}) {
      for (int length = 0; length < whole.length; length++) {
        ServerOpeningV1 opening = new ServerOpeningV1(serverKey);
        ByteBuffer input = ByteBuffer.wrap(whole, 0, length);
        assertThat(opening.read(input)).isEqualTo(new ServerOpeningV1.Step.More());
        input.limit(whole.length);
        assertThat(opening.read(input)).isNotEqualTo(new ServerOpeningV1.Step.More());
        assertThat(input.hasRemaining()).isFalse();
      }
    }
  }

  @Test
  void aClientWaitsForTheRestOfALine() throws ProtocolException {
    for (int length = 0; length < line.length; length++) {
      ClientOpeningV1 opening = ClientOpeningV1.fresh(clientKey);
      ByteBuffer input = ByteBuffer.wrap(line, 0, length);
      assertThat(opening.read(input)).isEqualTo(new ClientOpeningV1.Step.More());
      assertThat(input.position()).isZero();
    }
  }

  @Test
  void openingsLeaveTheFramesBehindThem() throws ProtocolException {
    ByteBuffer server = ByteBuffer.wrap(join(line, new byte[] {0, 1, 65}));
    ClientOpeningV1.fresh(clientKey).read(server);
    assertThat(server.remaining()).isEqualTo(3);
    ByteBuffer client = ByteBuffer.wrap(join(newStream(), new byte[] {0, 1, 65}));
    new ServerOpeningV1(serverKey).read(client);
    assertThat(client.remaining()).isEqualTo(3);
  }

  @Test
  void anyOtherPreludeIsPlain() throws ProtocolException {
    byte[] whole = newStream();
    for (int i = 0; i < PreludeV1.LENGTH; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x20;
      ByteBuffer input = ByteBuffer.wrap(damaged);
      assertThat(new ServerOpeningV1(serverKey).read(input))
          .isEqualTo(new ServerOpeningV1.Step.Plain());
      assertThat(input.position()).isZero();
    }
  }

  @Test
  void aDamagedKeyEndsTheConnection() throws ProtocolException {
    byte[] whole = newStream();
    for (int i = PreludeV1.LENGTH; i < whole.length - 1; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      assertThatThrownBy(() -> new ServerOpeningV1(serverKey).read(ByteBuffer.wrap(damaged)))
          .isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void anUnknownTagEndsTheConnectionBeforeTheKeyIsUsed() throws ProtocolException {
    byte[] whole = newStream();
    for (int tag = 2; tag < 256; tag++) {
      whole[whole.length - 1] = (byte) tag;
      Arrays.fill(whole, PreludeV1.LENGTH + 1, whole.length - 1, (byte) 0);
      assertThatThrownBy(() -> new ServerOpeningV1(serverKey).read(ByteBuffer.wrap(whole)))
          .isInstanceOf(ProtocolException.class)
          .hasMessage("neither a new stream nor a resume");
    }
  }

  @Test
  void aDamagedLineIsPlainOrAnError() {
    for (int i = 0; i < line.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = line.clone();
        damaged[i] ^= (byte) (1 << bit);
        ByteBuffer input = ByteBuffer.wrap(damaged);
        try {
          if (ServerLineV1.read(input) instanceof ServerLineV1.Verdict.Resumable) {
            assertThat(i).as("host ID or spare bits").isGreaterThanOrEqualTo(113);
          } else {
            assertThat(input.position()).isZero();
          }
        } catch (ProtocolException e) {
          assertThat(i).as("the key").isBetween(27, 113);
        }
      }
    }
  }

  @Test
  void theAnswerDecides() throws ProtocolException {
    TokenV1 token = new TokenV1(new byte[16]);
    for (int answer = 0; answer < 256; answer++) {
      ClientOpeningV1 client =
          ClientOpeningV1.resume(clientKey, new ClientOpeningV1.Session(token, HOST));
      ByteBuffer input = ByteBuffer.wrap(join(line, new byte[] {(byte) answer}));
      client.read(input);
      ClientOpeningV1.Step step = client.read(input);
      switch (answer) {
        case 0 -> assertThat(step).isEqualTo(new ClientOpeningV1.Step.Accepted());
        case 2 -> {
          assertThat(step).isEqualTo(new ClientOpeningV1.Step.Refused(AnswerV1.BAD_ADDRESS));
          assertThat(AnswerV1.BAD_ADDRESS.isFinal()).isFalse();
        }
        default -> assertThat(((ClientOpeningV1.Step.Refused) step).why().isFinal()).isTrue();
      }
    }
  }

  @Test
  void theTokenIsNotShownToAnotherHost() {
    ClientOpeningV1 client =
        ClientOpeningV1.resume(
            clientKey, new ClientOpeningV1.Session(new TokenV1(new byte[16]), "other"));
    assertThatThrownBy(() -> client.read(ByteBuffer.wrap(line)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void hostIdsOutsideTheGrammarAreRefused() {
    ServerOpeningV1 opening = new ServerOpeningV1(serverKey);
    for (String bad : new String[] {"", "A", "a.b", "a_b", "a b", "a\n", "ä", "a".repeat(139)}) {
      assertThatThrownBy(() -> opening.line(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(opening.line("a".repeat(138)).encoded()).hasSize(255);
  }
}
