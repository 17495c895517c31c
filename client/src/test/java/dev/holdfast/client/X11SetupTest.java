package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** First messages of programs that want to use a display. */
final class X11SetupTest {
  private static final String PROTOCOL = "MIT-MAGIC-COOKIE-1";
  private static final String REAL = "00112233445566778899aabbccddeeff";

  private final ByteArrayOutputStream display = new ByteArrayOutputStream();
  private final X11Cookie cookie = X11Cookie.parse("host/unix:0  " + PROTOCOL + "  " + REAL);

  private X11Setup setup(X11Cookie with) {
    return new X11Setup(new StreamsDuplex(InputStream.nullInputStream(), display, () -> {}), with);
  }

  private static byte[] message(char order, String protocol, byte[] cookie) {
    ByteBuffer message = ByteBuffer.allocate(12 + 20 + cookie.length);
    message.order(order == 'B' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    message.put((byte) order).put((byte) 0).putShort((short) 11).putShort((short) 0);
    message.putShort((short) protocol.length()).putShort((short) cookie.length).putShort((short) 0);
    message.put(Arrays.copyOf(protocol.getBytes(US_ASCII), 20)).put(cookie);
    return message.array();
  }

  @ParameterizedTest
  @ValueSource(chars = {'B', 'l'})
  void theRealCookieTakesThePlaceOfTheOneThatTheServerKnows(char order) throws IOException {
    byte[] said = message(order, PROTOCOL, cookie.told());
    for (int cut = 1; cut < said.length; cut++) {
      display.reset();
      X11Setup setup = setup(cookie);
      setup.write(ByteBuffer.wrap(said, 0, cut));
      assertThat(display.size()).isZero();
      setup.write(ByteBuffer.wrap(said, cut, said.length - cut));
      setup.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      byte[] wanted = Arrays.copyOf(message(order, PROTOCOL, cookie.real()), said.length + 3);
      System.arraycopy(new byte[] {1, 2, 3}, 0, wanted, said.length, 3);
      assertThat(display.toByteArray()).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @CsvSource({"B, MIT-MAGIC-COOKIE-2, true", "l, MIT-MAGIC-COOKIE-1, false", "x, other, true"})
  void whoShowsAnythingElseDoesNotReachTheDisplay(char order, String protocol, boolean isTold) {
    byte[] shown = isTold ? cookie.told() : cookie.real();
    X11Setup setup = setup(cookie);
    assertThatThrownBy(() -> setup.write(ByteBuffer.wrap(message(order, protocol, shown))))
        .hasMessageContaining("wrong authentication");
    assertThat(display.size()).isZero();
  }

  @Test
  void aFirstMessageHasABound() {
    byte[] endless = message('l', PROTOCOL, cookie.told());
    endless[8] = (byte) 0xff;
    endless[9] = (byte) 0xff;
    X11Setup setup = setup(cookie);
    assertThatThrownBy(() -> setup.write(ByteBuffer.wrap(endless))).isInstanceOf(IOException.class);
  }

  @Test
  void aDisplayThatTakesAnybodyIsShownNoCookie() throws IOException {
    X11Cookie none = X11Cookie.parse("");
    setup(none).write(ByteBuffer.wrap(message('l', PROTOCOL, none.told())));
    assertThat(display.size()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource({
    ":0, '', 0, 0",
    "unix:3.1, '', 3, 1",
    "far:10.2, far, 10, 2",
    "localhost:11, localhost, 11, 0"
  })
  void displaysAreNamedAsXDoes(String name, String host, int number, int screen) {
    X11Display display = X11Display.of(name).orElseThrow();
    assertThat(display.host()).isEqualTo(host);
    assertThat(display.number()).isEqualTo(number);
    assertThat(display.screen()).isEqualTo(screen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", ":x", ":99999", "a:1.b"})
  void whatIsNoDisplayIsNone(String name) {
    assertThat(X11Display.of(name)).isEmpty();
  }
}
