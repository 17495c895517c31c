package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.SocketPair;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a monitor gives away, and what not, to a process that may have been taken over. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux confines so")
@Timeout(60)
final class TargetMonitorTest {
  private static final byte[] SESSION = new byte[32];

  private final KeyPair key = SshKeys.generateEd25519();
  private final KeyPair host = SshKeys.generateEd25519();
  private final CountDownLatch done = new CountDownLatch(1);
  private MonitorTalk talk;
  private MonitoredTarget monitored;
  private boolean isSafe = true;

  @BeforeEach
  void begin() throws IOException {
    Target target =
        new Target(
            "ann",
            Optional.of(keys()),
            List.of(),
            LoginPerson.NOBODY,
            HostKeyCheck.only(host.getPublic()),
            false,
            Duration.ofSeconds(20));
    SocketPair pair = SocketPair.open();
    MonitorTalk monitor = new MonitorTalk(pair.socket());
    talk = new MonitorTalk(DescriptorSocket.of(pair.there().toConnection()));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (monitor) {
            new TargetMonitor(target, monitor, () -> isSafe).serve(true, done::countDown);
          } catch (IOException | RuntimeException e) {
            // The other end sees it end.
          }
        });
    monitored = MonitoredTarget.of(talk, talk.hear().orElseThrow().message());
  }

  @AfterEach
  void end() {
    talk.close();
  }

  private LoginKeys keys() {
    return new LoginKeys() {
      @Override
      public List<PublicKey> keys() {
        return List.of(key.getPublic());
      }

      @Override
      public Optional<KeyPair> pair(PublicKey asked) {
        return Optional.of(key);
      }

      @Override
      public Optional<Agent> agentOf(PublicKey asked) {
        return Optional.empty();
      }
    };
  }

  private static byte[] request(String user, PublicKey shown) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Wire.string(SESSION));
    bytes.write(50);
    bytes.writeBytes(Wire.string(user));
    bytes.writeBytes(Wire.string("ssh-connection"));
    bytes.writeBytes(Wire.string("publickey"));
    bytes.write(1);
    bytes.writeBytes(Wire.string("ssh-ed25519"));
    bytes.writeBytes(Wire.string(SshKeys.wire(shown).blob()));
    return bytes.toByteArray();
  }

  private Optional<byte[]> signed(byte[] data) throws IOException {
    LoginKeys asked = monitored.target().identities().orElseThrow();
    return asked.signature(key.getPublic(), "ssh-ed25519", data);
  }

  private byte[] ours() {
    return request("ann", key.getPublic());
  }

  @Test
  void signsALoginToTheServerThatIsMeant() throws Exception {
    assertThat(monitored.target().hostKey().accepts(host.getPublic())).isTrue();
    byte[] signature = signed(ours()).orElseThrow();
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    blob.writeBytes(Wire.string("ssh-ed25519"));
    blob.writeBytes(Wire.string(signature));

    SignedLogin.Claim claim = new SignedLogin(ours(), blob.toByteArray()).verified();

    assertThat(claim.user()).isEqualTo("ann");
  }

  @Test
  void signsNothingElse() throws IOException {
    monitored.target().hostKey().accepts(host.getPublic());
    byte[] more = new byte[ours().length + 1];
    System.arraycopy(ours(), 0, more, 0, ours().length);

    assertThat(signed("SSHSIG, of a commit".getBytes(UTF_8))).isEmpty();
    assertThat(signed(request("root", key.getPublic()))).isEmpty();
    assertThat(signed(request("ann", host.getPublic()))).isEmpty();
    assertThat(signed(more)).isEmpty();
    assertThat(signed(new byte[0])).isEmpty();
  }

  @Test
  void signsNothingForAServerThatWasNotAccepted() throws IOException {
    assertThat(signed(ours())).isEmpty();
    assertThat(monitored.target().hostKey().accepts(key.getPublic())).isFalse();
    assertThat(signed(ours())).isEmpty();
    assertThat(monitored.done()).isFalse();
  }

  @Test
  void signsNothingAfterTheLogin() throws Exception {
    monitored.target().hostKey().accepts(host.getPublic());
    assertThat(monitored.done()).isTrue();
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(signed(ours())).isEmpty();
  }

  @Test
  void signsNoMoreThanALoginNeeds() throws IOException {
    monitored.target().hostKey().accepts(host.getPublic());
    for (int i = 0; i < TargetMonitor.MOST_SIGNATURES; i++) {
      assertThat(signed(ours())).isPresent();
    }
    assertThat(signed(ours())).isEmpty();
  }

  @Test
  void saysWhenTheServerIsNotOneToGoOnWith() throws IOException {
    monitored.target().hostKey().accepts(host.getPublic());
    isSafe = false;
    assertThat(monitored.done()).isFalse();
  }

  @Test
  void endsWithWhoeverAsksForWhatThereIsNot() {
    assertThatThrownBy(() -> talk.ask(MonitorMessage.about("the private key")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void tellsWhatTheLoginNeedsToKnow() {
    assertThat(monitored.target().user()).isEqualTo("ann");
    assertThat(monitored.target().offer()).isEqualTo(ClientOffer.ALL);
    assertThat(monitored.outlivesLinks()).isTrue();
  }

  /** It comes when the server likes, so also when the window is being closed. */
  @Test
  void keysThatAreAnnouncedToAMonitorThatHasEndedAreNoTrouble() {
    talk.close();
    HostKeyCheck check = monitored.target().hostKey();

    assertThatCode(() -> check.announced(List.of(host.getPublic()), some -> some))
        .doesNotThrowAnyException();
  }
}
