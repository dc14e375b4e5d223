Feature: Isolated keys
  A key that is created at the host of a region is isolated there: what holds for global keys holds for it
  at that host, and nowhere else.

  @KMS2-HA-009
  Scenario Outline: A key of <region> decrypts <other> what it encrypted <one>
    Given calls go to the host of <region>
    And a key with a token set
    When I encrypt 32 bytes <one>
    And I decrypt the ciphertext <other>
    Then the plaintext comes back

    Examples:
      | region | one                   | other                 |
      | Korea  | with the account      | with the access token |
      | Korea  | with the access token | with the account      |
      | Japan  | with the account      | with the access token |
      | Japan  | with the access token | with the account      |

  @KMS2-HA-009
  Scenario Outline: An <kind> key of <region> verifies what it signed
    Given calls go to the host of <region>
    And an <kind> key with a token set
    When I sign 32 bytes with the access token
    And I verify the signature with the account
    Then the signature is valid

    Examples:
      | region | kind    |
      | Korea  | RSA2048 |
      | Korea  | ECDSA   |
      | Japan  | RSA2048 |
      | Japan  | ECDSA   |

  @KMS2-HA-009
  Scenario Outline: A convergent key of <region> encrypts the same to the same
    Given calls go to the host of <region>
    And a convergent key
    When the context is "invoice 7"
    And I encrypt the same 32 bytes twice with the account
    Then the ciphertexts are the same

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-009
  Scenario Outline: A key of <region> encrypts by the newest version and decrypts by the one named
    Given calls go to the host of <region>
    And a key
    And I encrypt 32 bytes with the account
    When the key is rotated
    And I decrypt the ciphertext with the account
    Then the plaintext comes back
    When I encrypt 32 bytes with the account
    Then the ciphertext carries the prefix of version 2

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-009
  Scenario Outline: A refresh token of a key of <region> renews
    Given calls go to the host of <region>
    And a key with a token set
    When I renew the token set with the refresh token
    Then the new access token works
    And the new refresh token works

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-009 @KMS2-CRE-004
  Scenario Outline: In <region> a token of the key ends when <change>
    Given calls go to the host of <region>
    And a key with a token set
    And the access token works
    When <change>
    Then the access token is refused
    And the refresh token is refused

    Examples:
      | region | change                  |
      | Korea  | the creator is replaced |
      | Japan  | the creator is replaced |
      | Korea  | the creator is disabled |
      | Japan  | the creator is disabled |

  @KMS2-HA-009 @KMS2-ACL-002 @KMS2-ACL-003
  Scenario Outline: In <region> an IP ACL that lists nobody denies every token
    Given calls go to the host of <region>
    And a key with a token set
    And the access token works
    When the IP ACL is switched on
    Then the access token is refused
    And the refresh token is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-009 @KMS2-KEY-016
  Scenario Outline: A disabled key of <region> does not <operation>
    Given calls go to the host of <region>
    And a key
    And the key serves the account
    When the key is disabled
    And I <operation> with the account
    Then the call is refused

    Examples:
      | region | operation |
      | Korea  | encrypt   |
      | Japan  | decrypt   |

  @KMS2-HA-009 @KMS2-DEL-004
  Scenario Outline: A deleted key of <region> is gone
    Given calls go to the host of <region>
    And a key
    And the deletion of the key is requested
    When I delete the key
    Then the call is accepted
    When I ask about the key
    Then the call is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-009 @KMS2-ACC-002
  Scenario Outline: A call to the host of <region> that is signed with <flaw> is refused
    Given calls go to the host of <region>
    And a key
    And the key serves the account
    When I ask about the key, signed with <flaw>
    Then the call is refused

    Examples:
      | region | flaw               |
      | Korea  | another secret key |
      | Korea  | nothing            |
      | Japan  | another secret key |
      | Japan  | nothing            |

  @KMS2-HA-009 @KMS2-ACC-008
  Scenario Outline: A viewer may not <manage> in <region>
    Given calls go to the host of <region>
    And a key
    And the key is such that the account can <manage>
    When I <manage> as the viewer
    Then the call is refused
    And the account can still <manage>

    Examples:
      | region | manage          |
      | Korea  | disable the key |
      | Japan  | disable the key |

  @KMS2-HA-012
  Scenario Outline: A token of a key of <region> opens nothing at the host of <host>
    Given calls go to the host of <region>
    And a key with a token set
    And the access token works
    When calls go to the host of <host>
    Then the access token is refused
    And the refresh token is refused

    Examples:
      | region | host            |
      | Korea  | Japan           |
      | Japan  | Korea           |
      | Korea  | the global keys |
      | Japan  | the global keys |

  @KMS2-HA-010
  Scenario Outline: A key of <region> has another base URL than a global key
    Given a key
    And its base URL is noted
    And calls go to the host of <region>
    And another key
    When I ask about the other key
    Then the answer names another base URL

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-HA-011
  Scenario Outline: Key info names the base URL of <host>
    Given calls go to the host of <host>
    And a key
    When I ask about the key
    Then the answer names the base URL of the host of <host>

    Examples:
      | host            |
      | the global keys |
      | Korea           |
      | Japan           |

  @KMS2-HA-013
  Scenario Outline: The list at the host of <host> holds no key of <home>
    Given calls go to the host of <home>
    And a key
    And calls go to the host of <host>
    And another key
    When I list all keys
    Then the list holds the other key
    And the list lacks the key

    Examples:
      | home            | host            |
      | the global keys | Korea           |
      | the global keys | Japan           |
      | Korea           | Japan           |
      | Japan           | the global keys |

  @KMS2-HA-014
  Scenario Outline: A name that is taken in <home> is free in <host>
    Given calls go to the host of <home>
    And a key
    When calls go to the host of <host>
    And I create a key with the name of the key
    Then the call is accepted

    Examples:
      | home            | host            |
      | the global keys | Korea           |
      | Korea           | Japan           |
      | Japan           | the global keys |

  @KMS1-HA-003
  Scenario Outline: API 1.0 does not serve a key of <region>
    Given a key
    And the key serves the account over API 1.0
    And calls go to the host of <region>
    And a key
    And the key serves the account
    When I encrypt over API 1.0
    Then the call is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |
