package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.link.ProxyProtocol.Version;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  /**
   * Calculated over a header with extensions by the definition (RFC 3720 appendix B.4), by another
   * program.
   */
  private static final String CHECKSUM = "42ea9853";

  private static final InetSocketAddress SOURCE = end("192.0.2.1", 56324);
  private static final InetSocketAddress DESTINATION = end("192.0.2.2", 443);
  private static final InetSocketAddress SOURCE6 = end("2001:db8::1", 56324);
  private static final InetSocketAddress DESTINATION6 = end("2001:db8::2", 443);

  @Test
  void version1IsALine() {
    assertThat(text(Version.V1.encode(SOURCE, DESTINATION)))
        .isEqualTo("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n");
    assertThat(text(Version.V1.encode(SOURCE6, DESTINATION6)))
        .isEqualTo("PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:2 56324 443\r\n");
    assertThat(text(Version.V1.encodeLocal())).isEqualTo("PROXY UNKNOWN\r\n");
  }

  @Test
  void version2IsBinary() {
    assertThat(Version.V2.encode(SOURCE, DESTINATION))
        .isEqualTo(hex(SIGNATURE + "2111000c c0000201 c0000202 dc04 01bb"));
    assertThat(Version.V2.encode(SOURCE6, DESTINATION6))
        .isEqualTo(
            hex(
                SIGNATURE
                    + "21210024 20010db8000000000000000000000001"
                    + "20010db8000000000000000000000002 dc04 01bb"));
    assertThat(Version.V2.encodeLocal()).isEqualTo(hex(SIGNATURE + "20000000"));
  }

  @Test
  void aZoneIsNotTold() {
    assertThat(text(Version.V1.encode(end("fe80::1%1", 1), DESTINATION6)))
        .startsWith("PROXY TCP6 fe80:0:0:0:0:0:0:1 ");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadWhateverTheFamilies(Version version) throws Exception {
    for (InetSocketAddress source :
        List.of(SOURCE, SOURCE6, end("::1", 0), end("0.0.0.0", 65535))) {
      for (InetSocketAddress destination : List.of(DESTINATION, DESTINATION6)) {
        byte[] header = version.encode(source, destination);
        assertThat(parse(header))
            .isEqualTo(new ProxyHeader.Relayed(source, destination, header.length));
      }
    }
    byte[] local = version.encodeLocal();
    assertThat(parse(local)).isEqualTo(new ProxyHeader.Local(local.length));
  }

  @ParameterizedTest
  @EnumSource
  void aHeaderCutAnywhereIsIncompleteAndAsksForNoMoreThanItsLength(Version version)
      throws Exception {
    for (byte[] header : List.of(version.encode(SOURCE6, DESTINATION6), version.encodeLocal())) {
      for (int length = 0; length < header.length; length++) {
        assertThat(parse(Arrays.copyOf(header, length)))
            .isInstanceOfSatisfying(
                ProxyHeader.Incomplete.class,
                cut -> assertThat(cut.atLeast()).isLessThanOrEqualTo(header.length));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatFollowsIsTheConnections(Version version) throws Exception {
    byte[] header = version.encode(SOURCE, DESTINATION);
    ByteBuffer bytes = ByteBuffer.allocate(header.length + 9).put((byte) '!').put(header);
    bytes.put("SSH-2.0-".getBytes(StandardCharsets.US_ASCII)).flip().position(1);
    assertThat(ProxyProtocol.parse(bytes))
        .isEqualTo(new ProxyHeader.Relayed(SOURCE, DESTINATION, header.length));
    assertThat(bytes.position()).as("left where it was").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-x\r\n",
        "S",
        "PR ",
        "PROXYTCP4",
        "POST",
        "\r\n\r\n\u0000\r\nQUIT!",
        "\r\nx",
        "\u0000"
      })
  void everythingElseIsToldByItsFirstByteThatDiffers(String bytes) throws Exception {
    assertThat(parse(bytes.getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo(new ProxyHeader.Absent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
        "PROXY TCP6 ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n",
      })
  void theExamplesOfTheSpecification(String line) throws Exception {
    String full = line.replace("ffff:f...f:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assertThat(parse(full)).isInstanceOf(ProxyHeader.Relayed.class);
  }

  @Test
  void anUnknownOriginMayBeFollowedByAnything() throws Exception {
    String line = "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n";
    assertThat(parse(line)).isEqualTo(new ProxyHeader.Local(line.length()));
    String longest = "PROXY UNKNOWN " + "x".repeat(ProxyProtocolV1.MAX_LINE_BYTES - 16) + "\r\n";
    assertThat(parse(longest)).isEqualTo(new ProxyHeader.Local(ProxyProtocolV1.MAX_LINE_BYTES));
    assertBroken(longest.replace("x\r\n", "xx\r\n"));
    assertBroken("PROXY UNKNOWN " + "x".repeat(ProxyProtocolV1.MAX_LINE_BYTES));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        "PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.02.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP4 host 192.0.2.2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP6 fe80::1%lo ::2 1 2\r\n",
        "PROXY TCP6 [::1] ::2 1 2\r\n",
        "PROXY TCP6 :::: ::2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
        "PROXY \n",
      })
  void aBrokenLineEndsTheConnection(String line) {
    assertBroken(line);
  }

  @Test
  void extensionsArePassedOverAndTheChecksumIsVerified() throws Exception {
    byte[] header =
        hex(SIGNATURE + "21110018 c0000201 c0000202 dc0401bb 0100026832 030004 " + CHECKSUM);
    assertThat(parse(header))
        .isEqualTo(new ProxyHeader.Relayed(SOURCE, DESTINATION, header.length));
    for (int bit = 16 * 8; bit < 28 * 8; bit++) {
      byte[] damaged = header.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatExceptionOfType(ProxyProtocolException.class)
          .isThrownBy(() -> parse(damaged))
          .withMessage("A PROXY header's checksum is wrong.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20 00 0000",
        "20 11 000c c0000201 c0000202 dc0401bb",
        "20 ff 0003 ffffff",
        "21 00 0000",
        "21 00 0002 ffff",
      })
  void withoutAddressesTheConnectionsOwnCount(String header) throws Exception {
    byte[] bytes = hex(SIGNATURE + header);
    assertThat(parse(bytes)).isEqualTo(new ProxyHeader.Local(bytes.length));
  }

  @Test
  void aUnixSocketHasNoAddressesThatCount() throws Exception {
    byte[] bytes = hex(SIGNATURE + "21 31 00d8" + "2f".repeat(216));
    assertThat(parse(bytes)).isEqualTo(new ProxyHeader.Local(bytes.length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "11 11 000c c0000201 c0000202 dc0401bb",
        "22 11 000c c0000201 c0000202 dc0401bb",
        "21 12 000c c0000201 c0000202 dc0401bb",
        "21 41 0000",
        "21 11 000b c0000201 c0000202 dc0401",
        "21 11 0000",
        "21 21 000c c0000201 c0000202 dc0401bb",
        "21 11 000e c0000201 c0000202 dc0401bb 0400",
        "21 11 0010 c0000201 c0000202 dc0401bb 04000200",
        "21 11 000f c0000201 c0000202 dc0401bb 030000",
        "21 31 000c c0000201 c0000202 dc0401bb",
      })
  void aBrokenHeaderEndsTheConnection(String header) {
    assertThatExceptionOfType(ProxyProtocolException.class)
        .isThrownBy(() -> parse(hex(SIGNATURE + header)));
  }

  @Test
  void aHeaderIsAtMost4096BytesLong() throws Exception {
    byte[] longest = hex(SIGNATURE + "20 00 0ff0" + "00".repeat(0xff0));
    assertThat(longest).hasSize(ProxyProtocol.MAX_HEADER_BYTES);
    assertThat(parse(longest)).isEqualTo(new ProxyHeader.Local(longest.length));
    assertThatExceptionOfType(ProxyProtocolException.class)
        .as("told from the length on")
        .isThrownBy(() -> parse(hex(SIGNATURE + "20 00 0ff1")));
  }

  private static void assertBroken(String line) {
    assertThatExceptionOfType(ProxyProtocolException.class).isThrownBy(() -> parse(line));
  }

  private static ProxyHeader parse(String text) throws ProxyProtocolException {
    return parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static ProxyHeader parse(byte[] bytes) throws ProxyProtocolException {
    return ProxyProtocol.parse(ByteBuffer.wrap(bytes));
  }

  private static InetSocketAddress end(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
