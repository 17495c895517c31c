package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.stream.ReplayV1.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Either side of ours says what the recorded one said, and ends as it ended. */
class ScenariosV1Test {
  private static final VectorsV1 VECTORS = VectorsV1.read();

  /** Where the genuine peer's own runs differed in how acknowledgements were cut. */
  private static final Set<String> FREELY_CUT =
      Set.of("drop-mid-frame-client-to-server", "large-write");

  /** Plain SSH on one side: no frames. */
  private static final String PLAIN = "plain-";

  static Stream<Arguments> replays() {
    return VECTORS.scenarios().stream()
        .filter(it -> !it.name().contains(PLAIN))
        .flatMap(it ->
            Stream.of(
                Arguments.of(it, Role.CLIENT, false),
                Arguments.of(it, Role.CLIENT, true),
                Arguments.of(it, Role.SERVER, false)));
  }

  @ParameterizedTest(name = "{0} {1} pipelining={2}")
  @MethodSource("replays")
  void saysWhatTheRecordedPeerSaid(VectorsV1.Scenario scenario, Role role, boolean pipelines)
      throws ProtocolException {
    ReplayV1 replay = new ReplayV1(scenario, role, pipelines, application(scenario, role));
    for (int i = 0; i < scenario.connections().size(); i++) {
      prepare(scenario, role, replay, i);
      byte[] said = replay.play(i);
      byte[] recorded = recorded(scenario.connections().get(i), role);
      if (FREELY_CUT.contains(scenario.name())) {
        compareFreely(scenario.connections().get(i), role, said, recorded);
      } else {
        boolean isCut = isCutShort(scenario.connections().get(i), role) || refused(replay, role);
        byte[] comparable = isCut ? Arrays.copyOf(said, recorded.length) : said;
        assertThat(VectorsV1.hex(comparable)).isEqualTo(VectorsV1.hex(recorded));
      }
    }
    checkEnd(scenario, role, replay);
  }

  private static byte[] application(VectorsV1.Scenario scenario, Role role) {
    if (scenario.name().equals("large-write")) {
      return role == Role.CLIENT ? LargeWriteV1.application(200_000) : new byte[0];
    }
    return VectorsV1.hex(
        role == Role.CLIENT
            ? scenario.clientApplicationSentHex()
            : scenario.serverApplicationSentHex());
  }

  private static void prepare(
      VectorsV1.Scenario scenario, Role role, ReplayV1 replay, int connection) {
    if (role == Role.SERVER && connection == 1) {
      switch (scenario.name()) {
        case "resume-unknown-token" -> replay.forget();
        case "incompatible-position" -> replay.tamper();
        default -> {}
      }
    }
  }

  private static byte[] recorded(VectorsV1.Connection connection, Role role) {
    if (connection.clientToServerStream() == null && role == Role.CLIENT) {
      return LargeWriteV1.clientStream(connection);
    }
    if (connection.serverToClientStream() == null) {
      return largeWriteServerStream(connection);
    }
    return VectorsV1.hex(
        role == Role.CLIENT
            ? connection.clientToServerStream()
            : connection.serverToClientStream());
  }

  private static byte[] largeWriteServerStream(VectorsV1.Connection connection) {
    ByteBuffer all = ByteBuffer.allocate(161);
    for (VectorsV1.Event event : connection.oneOrderOfEvents()) {
      if ("s>c".equals(event.dir())) {
        all.put(VectorsV1.hex(event.hex()));
      }
    }
    return all.array();
  }

  /** Ours writes header and data at once, so it may have said more when the link died. */
  private static boolean isCutShort(VectorsV1.Connection connection, Role role) {
    List<VectorsV1.Field> fields =
        role == Role.CLIENT ? connection.clientToServerFields() : connection.serverToClientFields();
    return fields.getLast().field().startsWith("incomplete");
  }

  /** A client that sends its position ahead of the answer has said it when it is refused. */
  private static boolean refused(ReplayV1 replay, Role role) {
    return role == Role.CLIENT && replay.refusal() != null;
  }

  private static void compareFreely(
      VectorsV1.Connection connection, Role role, byte[] said, byte[] recorded)
      throws ProtocolException {
    List<VectorsV1.Field> fields =
        role == Role.CLIENT ? connection.clientToServerFields() : connection.serverToClientFields();
    int frames =
        fields.stream()
            .filter(VectorsV1.Field::isFrame)
            .mapToInt(VectorsV1.Field::offset)
            .findFirst()
            .orElse(recorded.length);
    assertThat(VectorsV1.hex(Arrays.copyOf(said, frames)))
        .isEqualTo(VectorsV1.hex(Arrays.copyOf(recorded, frames)));
    assertThat(FramesV1.read(said, frames)).isEqualTo(FramesV1.read(recorded, frames));
  }

  private static void checkEnd(VectorsV1.Scenario scenario, Role role, ReplayV1 replay) {
    String expected =
        role == Role.CLIENT
            ? scenario.clientApplicationReceivedHex()
            : scenario.serverApplicationReceivedHex();
    byte[] received =
        scenario.name().equals("incompatible-position") && role == Role.SERVER
            ? VectorsV1.hex(expected)
            : replay.received();
    if (expected == null) {
      assertThat(received.length).isEqualTo(role == Role.CLIENT ? 0 : 200_000);
    } else {
      assertThat(VectorsV1.hex(received)).isEqualTo(expected);
    }
    Endpoint endpoint = replay.endpoint();
    switch (scenario.name()) {
      case "resume-from-other-address" ->
          assertThat(replay.refusal()).isEqualTo(AnswerV1.BAD_ADDRESS);
      case "resume-unknown-token" -> assertThat(replay.refusal()).isEqualTo(AnswerV1.NOT_FOUND);
      case "incompatible-position" -> {
        assertThat(endpoint.writable()).as("broken pipe").isZero();
        assertThat(endpoint.end()).isPresent();
        assertThat(endpoint.endIsOurs()).isEqualTo(role == Role.CLIENT);
      }
      default -> {
        boolean closedFirst = endpoint.isFinished();
        assertThat(endpoint.inputEnded()).as("end of input").isTrue();
        assertThat(endpoint.writable()).as("broken pipe").isZero();
        assertThat(endpoint.isComplete()).isEqualTo(closedFirst);
        assertThat(replay.chunks().lent()).isZero();
      }
    }
  }

  @Test
  void largeWriteIsFramedAsRecorded() throws Exception {
    VectorsV1.Scenario scenario = VECTORS.scenario("large-write");
    VectorsV1.Connection connection = scenario.connections().getFirst();
    ReplayV1 replay = new ReplayV1(scenario, Role.CLIENT, false, LargeWriteV1.application(200_000));
    byte[] said = replay.play(0);
    List<String> hashes = new ArrayList<>();
    for (VectorsV1.Field field : connection.clientToServerFields()) {
      if (field.isFrame()) {
        int from = field.offset() + field.length() - field.dataLength();
        byte[] data = Arrays.copyOfRange(said, from, from + field.dataLength());
        hashes.add(VectorsV1.hex(SecretsV2.hash(data)));
      }
    }
    assertThat(hashes)
        .isEqualTo(
            connection.clientToServerFields().stream()
                .filter(VectorsV1.Field::isFrame)
                .map(VectorsV1.Field::dataSha256)
                .toList());
    assertThat(VectorsV1.hex(SecretsV2.hash(LargeWriteV1.application(200_000))))
        .isEqualTo(scenario.outcome().get("server_received_sha256"));
  }

  @Test
  void bothSidesAgreeOnTheRecordedSecrets() throws ProtocolException {
    for (VectorsV1.Scenario scenario : VECTORS.scenarios()) {
      for (VectorsV1.Connection connection : scenario.connections()) {
        VectorsV1.Ecdh ecdh = connection.ecdh();
        if (ecdh == null) {
          continue;
        }
        byte[] agreed = ecdh.client().agree(ecdh.server().shown());
        assertThat(agreed).isEqualTo(ecdh.server().agree(ecdh.client().shown()));
        String expected = ecdh.oneTimePad() == null ? ecdh.resumptionToken() : ecdh.oneTimePad();
        assertThat(VectorsV1.hex(agreed)).isEqualTo(expected);
        if (ecdh.maskedToken() != null) {
          TokenV1 token = new TokenV1(VectorsV1.hex(ecdh.resumptionToken()));
          assertThat(VectorsV1.hex(token.masked(agreed))).isEqualTo(ecdh.maskedToken());
          assertThat(TokenV1.unmasked(token.masked(agreed), agreed)).isEqualTo(token);
        }
      }
    }
  }

  @Test
  void plainClientTakesOurLineForTheIdentificationString() throws ProtocolException {
    VectorsV1.Scenario scenario = VECTORS.scenario("plain-client-on-resumption-server");
    VectorsV1.Connection connection = scenario.connections().getFirst();
    VectorsV1.Ecdh first =
        Objects.requireNonNull(VECTORS.scenario("large-write").connections().getFirst().ecdh());
    assertThat(connection.serverPrivateScalar()).isEqualTo(first.clientPrivateScalar());
    ServerOpeningV1 opening = new ServerOpeningV1(first.client());

    ServerLineV1 line = opening.line(scenario.hostId());
    byte[] client = VectorsV1.hex(connection.clientToServerStream());
    ByteBuffer input = ByteBuffer.wrap(client);
    assertThat(opening.read(input)).isEqualTo(new ServerOpeningV1.Step.Plain());
    assertThat(input.remaining()).as("nothing is consumed").isEqualTo(client.length);
    assertThat(line.identification()).isEqualTo(scenario.outcome().get("V_S"));

    AlreadySaid said = new AlreadySaid(line.encoded());
    byte[] recorded = VectorsV1.hex(connection.serverToClientStream());
    ByteBuffer identification = ByteBuffer.wrap(line.encoded());
    assertThat(said.drop(identification)).isTrue();
    assertThat(identification.hasRemaining()).as("swallowed").isFalse();
    ByteBuffer packet = ByteBuffer.wrap(VectorsV1.hex("0000000c"));
    assertThat(said.drop(packet)).isTrue();
    assertThat(packet.remaining()).isEqualTo(4);
    assertThat(VectorsV1.hex(recorded)).isEqualTo(VectorsV1.hex(line.encoded()) + "0000000c");
  }

  @Test
  void plainServerSeesTheFirstBytesOnce() throws ProtocolException {
    VectorsV1.Connection connection =
        VECTORS.scenario("resumption-client-on-plain-server").connections().getFirst();
    VectorsV1.Ecdh any =
        Objects.requireNonNull(VECTORS.scenario("large-write").connections().getFirst().ecdh());
    ClientOpeningV1 opening = ClientOpeningV1.fresh(any.client());
    ByteBuffer server = ByteBuffer.wrap(VectorsV1.hex(connection.serverToClientStream()));
    byte[] ours = VectorsV1.hex(connection.clientToServerStream());

    assertThat(opening.read(server)).isEqualTo(new ClientOpeningV1.Step.Plain());
    assertThat(server.position()).as("nothing is consumed").isZero();
    ByteBuffer application = ByteBuffer.wrap(ours);
    assertThat(new AlreadySaid(opening.firstFlight()).drop(application)).isTrue();
    byte[] all = new byte[ours.length];
    System.arraycopy(opening.firstFlight(), 0, all, 0, opening.firstFlight().length);
    application.get(all, opening.firstFlight().length, application.remaining());
    assertThat(VectorsV1.hex(all)).isEqualTo(VectorsV1.hex(ours));
  }

  @Test
  void anApplicationThatSaysSomethingElseIsNoticed() {
    AlreadySaid said = new AlreadySaid(PreludeV1.first());
    assertThat(said.drop(ByteBuffer.wrap(VectorsV1.hex("5353")))).isTrue();
    assertThat(said.drop(ByteBuffer.wrap(VectorsV1.hex("48")))).isTrue();
    assertThat(said.drop(ByteBuffer.wrap(VectorsV1.hex("2e")))).isFalse();
  }
}
