package dev.holdfast.stream;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The recorded conversations of the genuine peer, as they stand in resume-v1-vectors.json. */
record VectorsV1(List<Scenario> scenarios, List<Handover> handover, Cases cases) {
  private static final HexFormat HEX = HexFormat.of();

  static VectorsV1 read() {
    Gson gson =
        new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create();
    try (InputStream in = VectorsV1.class.getResourceAsStream("resume-v1-vectors.json")) {
      return gson.fromJson(
          new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8),
          VectorsV1.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Scenario scenario(String name) {
    return scenarios.stream().filter(it -> it.name.equals(name)).findFirst().orElseThrow();
  }

  record Scenario(
      String name,
      String hostId,
      Map<String, String> outcome,
      List<Connection> connections,
      @Nullable String clientApplicationSentHex,
      @Nullable String serverApplicationSentHex,
      @Nullable String clientApplicationReceivedHex,
      @Nullable String serverApplicationReceivedHex) {
    @Override
    public String toString() {
      return name;
    }
  }

  record Connection(
      String clientIp,
      @Nullable Ecdh ecdh,
      @Nullable String serverPrivateScalar,
      List<Field> clientToServerFields,
      List<Field> serverToClientFields,
      @Nullable String clientToServerStream,
      @Nullable String serverToClientStream,
      List<Event> oneOrderOfEvents) {}

  record Ecdh(
      String clientPrivateScalar,
      String clientPublic,
      String serverPrivateScalar,
      String serverPublic,
      String sharedX,
      @Nullable String oneTimePad,
      String resumptionToken,
      @Nullable String maskedToken) {
    KeyExchangeV1 client() {
      return pair(clientPrivateScalar, clientPublic);
    }

    KeyExchangeV1 server() {
      return pair(serverPrivateScalar, serverPublic);
    }
  }

  record Field(
      int offset,
      int length,
      String field,
      long acknowledges,
      int dataLength,
      @Nullable String dataHex,
      @Nullable String dataSha256,
      long value) {
    boolean isFrame() {
      return field.equals("frame");
    }
  }

  record Event(
      @Nullable String dir,
      int offset,
      int length,
      @Nullable String hex,
      int lastBytesNotDelivered,
      @Nullable String event) {}

  record Handover(
      String resumptionToken,
      String socketFileName,
      String clientIp,
      @SerializedName("first_16_bytes_on_the_socket") String firstBytes) {}

  record Cases(
      List<Seen> clientFirstBytesSeenByServer,
      @SerializedName("frames_to_a_connection_with_5_unacknowledged_bytes")
          List<FrameCase> framesToAConnectionWith5UnacknowledgedBytes,
      List<LineCase> identificationLinesSeenByClient,
      List<VarintCase> varintDecode,
      List<VarintCase> varintEncode) {}

  record Seen(String hex, String verdict) {}

  record FrameCase(
      String name,
      String hex,
      boolean connectionClosedByPeer,
      boolean error,
      int receivedAfter,
      String transport,
      int unacknowledgedAfter) {}

  record LineCase(
      String lineHex,
      String verdict,
      int leftUnread,
      @Nullable String hostId,
      @Nullable String publicKey) {}

  record VarintCase(String hex, @Nullable String value, int consumed, boolean error) {}

  static byte[] hex(@Nullable String hex) {
    return HEX.parseHex(Objects.requireNonNull(hex));
  }

  static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }

  /** A key of the vectors; the JDK can't compute a public key, but the vectors have it. */
  static KeyExchangeV1 pair(String scalar, String shown) {
    try {
      KeyFactory factory = KeyFactory.getInstance("EC");
      ECPoint point = KeyExchangeV1.decode(hex(shown));
      BigInteger secret = new BigInteger(1, hex(scalar));
      return new KeyExchangeV1(
          new KeyPair(
              factory.generatePublic(new ECPublicKeySpec(point, KeyExchangeV1.P256)),
              factory.generatePrivate(new ECPrivateKeySpec(secret, KeyExchangeV1.P256))));
    } catch (GeneralSecurityException | ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }
}
