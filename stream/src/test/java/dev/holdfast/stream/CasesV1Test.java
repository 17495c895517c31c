package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The single cases of the vectors: numbers, lines, first bytes, frames, hand-over names. */
class CasesV1Test {
  private static final VectorsV1 VECTORS = VectorsV1.read();

  static List<VectorsV1.VarintCase> encoded() {
    return VECTORS.cases().varintEncode();
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void writesNumbersInTheShortestForm(VectorsV1.VarintCase one) {
    ByteBuffer target = ByteBuffer.allocate(Varint.MOST);
    Varint.put(target, Long.parseUnsignedLong(one.value()));
    byte[] bytes = new byte[target.flip().remaining()];
    target.get(bytes);
    assertThat(VectorsV1.hex(bytes)).isEqualTo(one.hex());
  }

  static List<VectorsV1.VarintCase> decoded() {
    return VECTORS.cases().varintDecode();
  }

  @ParameterizedTest
  @MethodSource("decoded")
  void readsNumbersOfUpToTenBytes(VectorsV1.VarintCase one) throws ProtocolException {
    ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex(one.hex()));
    if (one.error() && one.consumed() == Varint.MOST) {
      assertThatThrownBy(() -> Varint.length(input, 0)).isInstanceOf(ProtocolException.class);
    } else if (one.error()) {
      assertThat(Varint.length(input, 0)).as("bytes are missing").isZero();
    } else {
      assertThat(Varint.length(input, 0)).isEqualTo(one.consumed());
      assertThat(Varint.value(input, 0, one.consumed()))
          .isEqualTo(Long.parseUnsignedLong(one.value()));
    }
  }

  static List<VectorsV1.LineCase> lines() {
    return VECTORS.cases().identificationLinesSeenByClient();
  }

  @ParameterizedTest
  @MethodSource("lines")
  void judgesTheFirstLineOfAServer(VectorsV1.LineCase one) {
    ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex(one.lineHex()));
    assertThat(lineVerdict(input)).isEqualTo(one.verdict());
    assertThat(input.remaining()).as("left unread").isEqualTo(one.leftUnread());
    if (one.verdict().equals("resume-v1")) {
      assertThat(readLine(one).hostId()).isEqualTo(one.hostId());
      assertThat(VectorsV1.hex(readLine(one).key())).isEqualTo(one.publicKey());
    }
  }

  /**
   * The connection ends behind the bytes of each case: an opening that still wants more is lost.
   */
  private static String lineVerdict(ByteBuffer input) {
    try {
      return switch (ServerLineV1.read(input)) {
        case ServerLineV1.Verdict.Resumable resumable -> "resume-v1";
        case ServerLineV1.Verdict.Plain plain -> "plain SSH server";
        case ServerLineV1.Verdict.More more -> "error: connection closed, no fallback";
      };
    } catch (ProtocolException e) {
      return "error: connection closed, no fallback";
    }
  }

  private static ServerLineV1 readLine(VectorsV1.LineCase one) {
    try {
      ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex(one.lineHex()));
      return ((ServerLineV1.Verdict.Resumable) ServerLineV1.read(input)).line();
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void writesTheLineItReads(VectorsV1.LineCase one) {
    String withSpareBits = VectorsV1.hex("eE09h".getBytes(StandardCharsets.US_ASCII));
    boolean hasSpareBits = one.lineHex().contains(withSpareBits);
    if (one.verdict().equals("resume-v1") && !hasSpareBits) {
      assertThat(VectorsV1.hex(readLine(one).encoded())).isEqualTo(one.lineHex());
    }
  }

  static List<VectorsV1.Seen> firstBytes() {
    return VECTORS.cases().clientFirstBytesSeenByServer();
  }

  @ParameterizedTest
  @MethodSource("firstBytes")
  void judgesTheFirstBytesOfAClient(VectorsV1.Seen one) {
    ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex(one.hex()));
    String verdict =
        switch (PreludeV1.of(input)) {
          case COMPLETE -> "resume-v1";
          case MORE -> "waits for more";
          case PLAIN -> "plain SSH client";
        };
    assertThat(verdict).isEqualTo(one.verdict());
    assertThat(input.position()).as("nothing is consumed").isZero();
  }

  static List<VectorsV1.FrameCase> frames() {
    return VECTORS.cases().framesToAConnectionWith5UnacknowledgedBytes();
  }

  @ParameterizedTest
  @MethodSource("frames")
  void takesOrRefusesFrames(VectorsV1.FrameCase one) {
    Chunks chunks = new Chunks(1 << 20);
    Endpoint endpoint = new Endpoint(chunks, new Window());
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, new byte[0], 0);
    endpoint.write(ByteBuffer.wrap(new byte[5]));
    Wrote.all(link, 0);

    ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex(one.hex()));
    boolean refused = false;
    try {
      for (ByteBuffer data; (data = link.receive(input, 0)) != null; ) {
        endpoint.keep(data);
      }
    } catch (ProtocolException e) {
      refused = true;
    }

    assertThat(refused || link.isOver()).isEqualTo(one.transport().equals("closed by receiver"));
    assertThat(refused || link.isOver()).isEqualTo(one.error());
    assertThat(endpoint.end().isPresent()).isEqualTo(one.connectionClosedByPeer());
    assertThat(endpoint.receivedBytes()).isEqualTo(one.receivedAfter());
    if (!one.connectionClosedByPeer()) {
      assertThat(endpoint.unackedBytes()).isEqualTo(one.unacknowledgedAfter());
    }
  }

  static List<VectorsV1.Handover> handovers() {
    return VECTORS.handover();
  }

  @ParameterizedTest
  @MethodSource("handovers")
  void namesTheSocketOfAStream(VectorsV1.Handover one) throws Exception {
    TokenV1 token = new TokenV1(VectorsV1.hex(one.resumptionToken()));
    assertThat(HandoverV1.socketName(token)).isEqualTo(one.socketFileName());

    byte[] address = InetAddress.getByName(one.clientIp()).getAddress();
    assertThat(VectorsV1.hex(HandoverV1.address(address))).isEqualTo(one.firstBytes());
    assertThat(HandoverV1.client(VectorsV1.hex(one.firstBytes()))).isEqualTo(address);
  }
}
