package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.InvalidKeyException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecipientTest {
  /** Alice's public key of RFC 7748 6.1. */
  private static final byte[] KEY =
      HexFormat.of().parseHex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");

  @Test
  void isReadAsItIsWritten() throws InvalidKeyException {
    Recipient recipient = Recipient.of(KEY);
    assertThat(Recipient.parse(recipient.toString())).isEqualTo(recipient);
    assertThat(recipient.toString()).startsWith("hfrec1").hasSize(54);
    assertThat(recipient.key()).isEqualTo(KEY);
  }

  @Test
  void whatWasMistypedIsNoKey() throws InvalidKeyException {
    String text = Recipient.of(KEY).toString();
    for (int at = 0; at < text.length(); at++) {
      char other = text.charAt(at) == 'A' ? 'B' : 'A';
      String wrong = text.substring(0, at) + other + text.substring(at + 1);
      assertThatThrownBy(() -> Recipient.parse(wrong))
          .as(wrong)
          .isInstanceOf(InvalidRecordException.class)
          .hasMessageContaining("is no key that recordings can be encrypted to");
    }
    for (String wrong : List.of("", "hfrec1", text + "AAAA", "age1qqqq", "hfrec1!!!")) {
      assertThatThrownBy(() -> Recipient.parse(wrong)).isInstanceOf(InvalidRecordException.class);
    }
  }

  /** Everybody knows what is encrypted to such a point (RFC 7748 6.1). */
  @Test
  void aPointOfSmallOrderIsNoKey() {
    byte[] one = new byte[32];
    one[0] = 1;
    assertThatThrownBy(() -> Recipient.of(new byte[32])).isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> Recipient.of(one)).isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> Recipient.of(new byte[31])).isInstanceOf(InvalidKeyException.class);
  }

  @Test
  void aRoleHasNoKeysThatAreNone() throws Exception {
    String key = Recipient.of(KEY).toString();
    String role = "kind: role\nname: dev\nallow: {logins: [dev]}\noptions: {recording_encrypt_to: ";
    Documents.Document read = Documents.read(role + "[" + key + "]}\n", "f").getFirst();
    assertThat(read)
        .isInstanceOfSatisfying(
            Documents.Document.OfRole.class,
            it ->
                assertThat(it.role().options().recordingEncryptTo())
                    .isEqualTo(Optional.of(List.of(key))));
    assertThatThrownBy(() -> Documents.read(role + "[" + key.replace('1', '2') + "]}\n", "f"))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessageContaining("is no key that recordings can be encrypted to");
    assertThatThrownBy(() -> Documents.read(role + "[]}\n", "f"))
        .hasMessageContaining("has 1 to 16 keys");
  }
}
