package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions of others, joined in the pages of {@code holdfast ui}, in a real Chromium. */
@Needs({Tool.CHROMIUM, Tool.SSH})
final class JoinPageTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NAME = "0123456789abcdef0123456789abcdef";
  private static final String SHOWN =
      "(document.querySelector('.xterm-rows')?.textContent ?? '').replaceAll('\\u00a0', ' ')";
  private static final String FOCUS = "document.activeElement.";

  private static Members members;
  private static Path helper;
  private static Path looker;
  private static Path nobody;
  private static Chromium chromium;
  private final List<Ui> opened = new ArrayList<>();
  private Program alice;

  @BeforeAll
  static void begin() {
    members = Members.inOneProcess();
    for (String may : List.of("join", "observe")) {
      members.apply(
          Members.ROLE.replace("operator", "may-" + may)
              + "options: {join_sessions: "
              + may
              + "}\n");
    }
    helper = members.logInNew("carol", "may-join");
    looker = members.logInNew("dave", "may-observe");
    nobody = members.logInNew("bob", "operator");
    chromium = new Chromium();
  }

  @AfterAll
  static void end() {
    if (chromium != null) {
      chromium.close();
    }
    if (members != null) {
      members.close();
    }
    Leftovers.end(PATIENCE);
  }

  @BeforeEach
  void open() {
    alice = members.holdfastSsh("-tt", "web1.demo", "stty -echo; echo ready; exec sh").start();
    alice.awaitOutput("ready", PATIENCE);
  }

  @AfterEach
  void close() {
    chromium.show("about:blank");
    if (alice.alive()) {
      alice.type("exit\n"); // A client that is killed leaves its session behind, detached.
      alice.await(PATIENCE);
    }
    opened.forEach(Ui::close);
    members.awaitNoneJoinable(helper);
  }

  private Ui ui(Path config) {
    Ui ui = Ui.serve(members.by(config));
    opened.add(ui);
    return ui;
  }

  private static void awaitShown(String text) {
    Await.until(
        () -> text + " in:\n" + chromium.evaluate(SHOWN),
        PATIENCE,
        () -> chromium.evaluate(SHOWN).contains(text));
  }

  private static void type(String text) {
    text.chars().mapToObj(Character::toString).forEach(chromium::press);
    chromium.press("Enter");
  }

  /** By the keyboard: the link has the focus, Enter follows it. */
  private void follow(String word, String url) {
    chromium.show(url);
    String link =
        "document.querySelector(\"a[aria-label='" + word + " the session of alice on web1']\")";
    chromium.await(link + " !== null");
    chromium.evaluate(link + ".focus()");
    chromium.press("Enter");
    awaitShown("ready");
  }

  private static void width(int pixels) {
    chromium.send(
        "Emulation.setDeviceMetricsOverride",
        Json.members(
            "width", Json.of(pixels),
            "height", Json.of(800),
            "deviceScaleFactor", Json.of(1),
            "mobile", Json.of(false)));
  }

  @Test
  void somebodyJoinsTypesAndLeavesByKeysAloneAndTheOwnersSizeStays() {
    alice.type("stty size\n");
    alice.awaitOutput("24 80", PATIENCE);
    follow("Join", ui(helper).of("sessions"));
    alice.awaitOutput("[carol has joined and may type; here: alice, carol]", PATIENCE);
    awaitShown("[carol has joined and may type; here: alice, carol]");
    alice.type("echo fr''om alice '<img src=x onerror=document.title=1>'\n");
    awaitShown("from alice <img src=x onerror=document.title=1>");
    chromium.await(FOCUS + "matches('.xterm-helper-textarea')");
    type("echo fr''om carol");
    alice.awaitOutput("from carol", PATIENCE);
    chromium.press("Tab");
    chromium.await(FOCUS + "matches('.xterm-helper-textarea')");
    assertThat(new PageCheck(chromium).faults()).isEmpty();
    width(400);
    chromium.evaluate("document.querySelector('.xterm-helper-textarea').focus()");
    type("echo si''ze: $(stty size)");
    alice.awaitOutput("size: 24 80", PATIENCE);
    chromium.send("Emulation.clearDeviceMetricsOverride", Json.members());
    assertThat(chromium.evaluate("document.querySelectorAll('main img').length")).isEqualTo("0");
    assertThat(chromium.evaluate("document.title")).isEqualTo("Session · demo");
    chromium.pressWithShift("Escape");
    chromium.await(FOCUS + "id === 'leave'");
    chromium.press("Enter");
    alice.awaitOutput("[carol has left; here: alice]", PATIENCE);
    chromium.awaitText("The session has ended, or you have left it.");
    assertThat(alice.alive()).isTrue();
    Await.until(
        "the event of who left",
        PATIENCE,
        () -> members.audited("session.leave").contains("\"user\":\"carol\""));
  }

  @Test
  void theOwnersEndIsShownWithItsStatus() {
    follow("Join", ui(helper).of("sessions"));
    alice.type("exit 3\n");
    awaitShown("[alice's session has ended with status 3]");
    chromium.awaitText("The session has ended, or you have left it.");
    alice.await(PATIENCE).exited(3);
  }

  @Test
  void whoseRoleSaysObserveLooksOnAndIsRefusedMoreWithASentence() {
    String url = ui(looker).of("sessions");
    follow("Observe", url);
    alice.awaitOutput("[dave looks on; here: alice, dave]", PATIENCE);
    chromium.evaluate("document.querySelector('.xterm-helper-textarea').focus()");
    type("echo no''thing");
    chromium.press("Tab");
    chromium.await("!" + FOCUS + "matches('.xterm-helper-textarea')");
    alice.type("echo la''st\n");
    awaitShown("last");
    assertThat(chromium.evaluate(SHOWN)).doesNotContain("nothing");
    chromium.show(url);
    chromium.awaitText("Observe");
    assertThat(chromium.evaluate("document.querySelectorAll('a[aria-label^=\"Join\"]').length"))
        .isEqualTo("0");
    alice.awaitOutput("[dave has left; here: alice]", PATIENCE);
    String id = members.joinable(looker).strip();
    String refused =
        chromium.evaluate(
            "fetch('/cluster/list').then((it) => it.json()).then((it) => fetch('/cluster/demo/join/"
                + (id + "?guest=" + NAME + "&columns=80&rows=24', ")
                + "{ method: 'POST', headers: { 'Holdfast-Token': it.token } })"
                + ").then((it) => it.text())"
                + ".then((all) => [...all.matchAll(/^data: (.+)$/gm)].map((it) => it[1])"
                + ".map((it) => it.includes(' ') ? it : atob(it)).join('\\n'))");
    assertThat(refused)
        .contains("Your roles let you observe sessions of others, not type there; say --observe.")
        .contains("The server ended it; the last line below says why.");
  }

  @Test
  void whoMayNotJoinSeesNoLinkAndTheReason() {
    String id = members.joinable(helper).strip();
    String url = ui(nobody).of("sessions");
    chromium.show(url);
    chromium.awaitText("You see your own sessions here.");
    assertThat(chromium.evaluate("document.querySelectorAll('a[aria-label]').length"))
        .isEqualTo("1");
    chromium.show(url + "/" + id);
    chromium.awaitText("Your roles do not let you join sessions of others; ask an administrator");
    chromium.show(ui(helper).of("sessions") + "/0000");
    chromium.awaitText("It has ended, or it is not one that your roles let you join.");
  }

  @Test
  void whoClosesThePageOrEndsThePagesHasLeft() throws IOException {
    Ui ui = ui(helper);
    String url = ui.of("sessions");
    follow("Join", url);
    alice.awaitOutput("[carol has joined", PATIENCE);
    chromium.show("about:blank");
    alice.awaitOutput("[carol has left; here: alice]", PATIENCE);
    String id = members.joinable(helper).strip();
    try (Socket page = joined(URI.create(url), id)) {
      awaitHere(2);
      assertThat(page.isConnected()).isTrue();
    }
    awaitHere(1); // A browser that was killed says nothing.
    try (Socket page = joined(URI.create(url), id)) {
      awaitHere(2);
      ui.program().signal("TERM");
      awaitHere(1);
      assertThat(page.isConnected()).isTrue();
    }
  }

  /** Asks as a page does, without a browser. */
  private static Socket joined(URI site, String id) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.getPort());
    String head = " HTTP/1.1\r\nHost: " + site.getAuthority() + "\r\n";
    try (Socket first = new Socket(InetAddress.getLoopbackAddress(), site.getPort())) {
      first
          .getOutputStream()
          .write(("GET /cluster/list" + head + "\r\n").getBytes(StandardCharsets.UTF_8));
      String list = new String(first.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher token = Pattern.compile("\"token\":\"([0-9a-f]{64})\"").matcher(list);
      assertThat(token.find()).as(list).isTrue();
      socket
          .getOutputStream()
          .write(
              ("POST /cluster/demo/join/"
                      + id
                      + "?guest="
                      + NAME
                      + "&columns=80&rows=24"
                      + head
                      + "Origin: http://"
                      + site.getAuthority()
                      + "\r\n"
                      + "Holdfast-Token: "
                      + token.group(1)
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
    }
    InputStream answer = socket.getInputStream();
    assertThat(new String(answer.readNBytes(12), StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 200");
    return socket;
  }

  /** Waits until so many more have come than gone, the owner counted. */
  private void awaitHere(int count) {
    Await.until(
        () -> count + " here in:\n" + alice.output(),
        PATIENCE,
        () ->
            1
                    + alice.output().split("has joined", -1).length
                    - alice.output().split("has left", -1).length
                == count);
  }
}
