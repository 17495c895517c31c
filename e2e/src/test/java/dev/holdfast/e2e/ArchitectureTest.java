package dev.holdfast.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The rules of the architecture, each with the reason why it is one. */
final class ArchitectureTest {
  private static final String STREAM = "dev.holdfast.stream";
  private static final String LINK = "dev.holdfast.link";
  private static final String TERMINAL = "dev.holdfast.terminal";
  private static final String ACCESS = "dev.holdfast.access";
  private static final String RECORDING = "dev.holdfast.recording";
  private static final String SSH = "dev.holdfast.ssh";
  private static final String CLIENT = "dev.holdfast.client";
  private static final String FORWARD = "dev.holdfast.forward";
  private static final String BROWSER = "dev.holdfast.browser";
  private static final String NODE = "dev.holdfast.node";
  private static final String PROXY = "dev.holdfast.proxy";
  private static final String AUTH = "dev.holdfast.auth";
  private static final String CLI = "dev.holdfast.cli";

  /** The library and the cryptography that only {@code ssh} knows. */
  private static final String[] SSH_LIBRARY = {"org.apache.sshd..", "org.bouncycastle.."};

  /** What each module may use of ours; what is not in the list reaches none of them. */
  private static final Map<String, Set<String>> USES =
      Map.ofEntries(
          entry(STREAM, Set.of()),
          entry(TERMINAL, Set.of()),
          entry(ACCESS, Set.of()),
          entry(RECORDING, Set.of(TERMINAL, ACCESS)),
          entry(LINK, Set.of(STREAM)),
          entry(SSH, Set.of(STREAM, LINK, ACCESS)),
          entry(CLIENT, Set.of(STREAM, LINK, TERMINAL, ACCESS, SSH)),
          entry(FORWARD, Set.of(STREAM, LINK, ACCESS, SSH, CLIENT)),
          entry(BROWSER, Set.of(STREAM, LINK, ACCESS, SSH, CLIENT, FORWARD)),
          entry(NODE, Set.of(STREAM, LINK, TERMINAL, ACCESS, RECORDING, SSH)),
          entry(PROXY, Set.of(STREAM, LINK, ACCESS, SSH)),
          entry(AUTH, Set.of(STREAM, LINK, ACCESS, RECORDING, SSH)),
          entry(
              CLI,
              Set.of(
                  STREAM, LINK, TERMINAL, ACCESS, RECORDING, SSH, CLIENT, FORWARD, BROWSER, NODE,
                  PROXY, AUTH)));

  private static final JavaClasses HOLDFAST =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages(USES.keySet());

  @Test
  void modulesDependDownwardsOnly() {
    USES.forEach((module, used) -> {
      String[] others =
          USES.keySet().stream()
              .filter(each -> !each.equals(module) && !used.contains(each))
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(module)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .because("a gate or relay must not be able to read traffic: link reaches no SSH")
          .check(HOLDFAST);
    });
  }

  @Test
  void onlySshKnowsTheSshLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage(SSH)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SSH_LIBRARY)
        .because(
            "one module can then be checked for how it is used, and be moved to another version")
        .check(HOLDFAST);
  }

  @Test
  void onlyAuthReachesAStore() {
    noClasses()
        .that()
        .resideOutsideOfPackage(AUTH)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..",
            "javax.sql..",
            "org.sqlite..",
            "org.postgresql..",
            "com.zaxxer..",
            "software.amazon..")
        .because("what faces users must not reach what lasts but by the API")
        .check(HOLDFAST);
  }

  @Test
  void streamUsesTheJdkAndNothingElse() {
    classes()
        .that()
        .resideInAPackage(STREAM)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    STREAM,
                    "java.lang..",
                    "java.math",
                    "java.nio",
                    "java.nio.charset",
                    "java.security..",
                    "java.time",
                    "java.util",
                    "java.util.function",
                    "java.util.random",
                    "java.util.regex",
                    "java.util.stream",
                    "java.util.zip",
                    "javax.crypto..",
                    "org.jspecify.annotations")
                .or(DescribedPredicate.describe("failures", ArchitectureTest::isFailure)))
        .because("what has no sockets, files, threads or logging is simulated whole, from a seed")
        .check(HOLDFAST);
  }

  @Test
  void terminalIsBytesAndValuesOnly() {
    classes()
        .that()
        .resideInAPackage(TERMINAL)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                TERMINAL,
                "java.lang",
                "java.lang.invoke",
                "java.nio.charset",
                "java.util",
                "java.util.function",
                "java.util.stream",
                "org.jspecify.annotations"))
        .because("a program's bytes reach nothing but the model of a screen, and are fuzzed there")
        .check(HOLDFAST);
  }

  @Test
  void streamStartsNoThreadAndTakesNoLock() {
    noClasses()
        .that()
        .resideInAPackage(STREAM)
        .should()
        .dependOnClassesThat(
            assignableTo(Thread.class)
                .or(assignableTo(ThreadLocal.class))
                .or(assignableTo(Process.class))
                .or(assignableTo(System.Logger.class))
                .or(resideInAnyPackage("java.util.concurrent.."))
                .as("are for threads, processes or logging"))
        .because("an endpoint is confined to its caller, who decides on threads")
        .check(HOLDFAST);
  }

  @Test
  void streamIsToldTheTimeAndTheRandomness() {
    noClasses()
        .that()
        .resideInAPackage(STREAM)
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("time or randomness is made", ArchitectureTest::isAmbient))
        .because("with time and randomness given, a failing run is repeated from its seed")
        .check(HOLDFAST);
  }

  @Test
  void onlyTheCommandWritesToStandardOutput() {
    noClasses()
        .that()
        .resideOutsideOfPackage(CLI)
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .because(
            "standard output carries the stream of 'connect', and text for people is the cli's")
        .check(HOLDFAST);
  }

  @Test
  void loggersAreThereBeforeTheObjectsOfTheirClass() {
    fields()
        .that()
        .haveRawType("org.slf4j.Logger")
        .should()
        .beStatic()
        .andShould()
        .beFinal()
        .because("who asks for a class's logger when it has objects is the library that it extends")
        .check(HOLDFAST);
  }

  @Test
  void everyTypeHasANounForAName() {
    noClasses()
        .should()
        .haveNameMatching(
            ".*[.$](Abstract|Base)[A-Z][^.$]*|.*(Utils?|Helper|Manager|Impl|Info|Context)")
        .because("such a name says that the thing which the type is was not found")
        .check(HOLDFAST);
  }

  private static boolean isFailure(JavaClass type) {
    return type.isAssignableTo(IOException.class)
        || type.isEquivalentTo(Serial.class)
        || type.isEquivalentTo(Serializable.class);
  }

  private static boolean isAmbient(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    return switch (owner.getName()) {
      case "java.lang.System" -> Set.of("nanoTime", "currentTimeMillis", "getenv").contains(name);
      case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.util.random.RandomGenerator" -> Set.of("of", "getDefault").contains(name);
      case "java.time.Instant", "java.time.LocalDateTime", "java.time.ZonedDateTime" ->
          name.equals("now");
      case "java.time.Clock" -> true;
      default -> makesRandomness(owner, name);
    };
  }

  private static boolean makesRandomness(JavaClass owner, String name) {
    return owner.isAssignableTo(RandomGenerator.class)
        && (name.equals("<init>") || name.startsWith("getInstance"));
  }
}
