package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
  @TempDir private Path home;

  private Path program(String name, String text) throws IOException {
    Path file = Files.writeString(Files.createDirectories(home.resolve("bin")).resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private Browser.Places places() {
    return Browser.Places.of(Map.of("PATH", home.resolve("bin").toString()), home);
  }

  @Test
  void findsTheBrowsersThatAreInstalled() throws IOException {
    program("firefox", "#!/bin/sh\n");
    program("microsoft-edge", "#!/bin/sh\n");

    assertThat(Browser.installed(places()))
        .extracting(Browser::name)
        .containsExactly("microsoft-edge", "firefox");
    assertThat(Browser.named("edge", places()).orElseThrow().kind())
        .isEqualTo(BrowserKind.CHROMIUM);
    assertThat(Browser.named("firefox", places()).orElseThrow().kind())
        .isEqualTo(BrowserKind.FIREFOX);
    assertThat(Browser.named("safari", places())).isEmpty();
  }

  @Test
  void keepsTheProfileWhereASnapCanSeeIt() throws IOException {
    program("chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n");
    Browser snap = Browser.installed(places()).getFirst();
    LoginPlace place = LoginPlace.of("ann@build", Map.of(), home);

    assertThat(place.profile(snap, home))
        .startsWithRaw(home.resolve("snap/chromium/common/holdfast"));
    Browser plain =
        new Browser(BrowserKind.CHROMIUM, Path.of("/usr/bin/chromium"), java.util.Optional.empty());
    assertThat(place.profile(plain, home))
        .startsWithRaw(home.resolve(".local/share/holdfast/browser"));
  }

  @Test
  void givesChromiumAllItsWaysOut() throws IOException {
    Browser browser =
        new Browser(BrowserKind.CHROMIUM, Path.of("/usr/bin/chromium"), java.util.Optional.empty());
    Profile profile = new Profile(browser, home.resolve("login/profile"), "holdfast-x");
    Profile.DoorPlace door = new Profile.DoorPlace.Port(4711);
    profile.write(door);

    assertThat(profile.command(door, List.of("--more"), "http://start.localhost/"))
        .startsWith(
            "/usr/bin/chromium",
            "--user-data-dir=" + home.resolve("login/profile"),
            "--proxy-server=socks5://127.0.0.1:4711",
            "--proxy-bypass-list=<-loopback>")
        .contains(
            "--webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            "--disable-quic")
        .endsWith("--more", "http://start.localhost/");
    assertThat(home.resolve("login/profile/Default/Preferences"))
        .content()
        .contains("\"ip_handling_policy\":\"disable_non_proxied_udp\"", "http://start.localhost/");
  }

  @Test
  void givesFirefoxASocketThatOthersCannotUse() throws IOException {
    Browser browser =
        new Browser(BrowserKind.FIREFOX, Path.of("/usr/bin/firefox"), java.util.Optional.empty());
    Profile profile = new Profile(browser, home.resolve("login/profile"), "holdfast-x");
    Profile.DoorPlace door = new Profile.DoorPlace.Socket(Path.of("/run/user/7/x \".door"));
    profile.write(door);

    assertThat(home.resolve("login/profile/user.js"))
        .content()
        .contains(
            "user_pref(\"network.proxy.socks\", \"file:///run/user/7/x \\\".door\");",
            "user_pref(\"network.proxy.allow_hijacking_localhost\", true);",
            "user_pref(\"network.proxy.socks_port\", 0);")
        .doesNotContain("{");
  }

  @Test
  void seesAnAdministratorsProxy() throws IOException {
    assertThat(ManagedBrowser.isSoBy(List.of(home.resolve("none")))).isFalse();
    Files.writeString(home.resolve("a.json"), "{\"HomepageLocation\": \"x\"}");
    assertThat(ManagedBrowser.isSoBy(List.of(home))).isFalse();
    Files.writeString(home.resolve("b.json"), "{\"ProxySettings\": {\"ProxyMode\": \"direct\"}}");
    assertThat(ManagedBrowser.isSoBy(List.of(home))).isTrue();
  }
}
