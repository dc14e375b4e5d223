Feature: Keys
  An account creates keys, asks about them and lists them.

  @KMS2-KEY-001 @KMS2-ERR-001
  Scenario: A new key is as it was asked for, and enabled
    When I create a key
    Then the call is accepted
    And the answer describes the new key
    And the new key is "ENABLE"

  @KMS2-KEY-001
  Scenario Outline: A new key of type <kind> is as it was asked for
    When I create an <kind> key
    Then the call is accepted
    And the answer describes the new key

    Examples:
      | kind    |
      | RSA2048 |
      | ECDSA   |

  @KMS2-KEY-026
  Scenario Outline: A key of protection <protection> is created and serves
    When I create a key with protection <protection>
    Then the call is accepted
    And the answer describes the new key
    And the new key serves the account

    Examples:
      | protection   |
      | "BASIC"      |
      | "COMMON_HSM" |

  @KMS2-KEY-027
  Scenario: Creation and key info tell all that a key was asked for
    When I create a key and ask for all there is
    Then the answer tells all that was asked for
    And it says that it was made now and rotates in 30 days
    When I ask about the new key
    Then the answer tells all that was asked for
    And it says that it was made now and rotates in 30 days

  @KMS2-KEY-028
  Scenario: A key is created without a memo
    When I create a key without its memo
    Then the call is accepted
    And the answer describes the new key

  @KMS2-KEY-029
  Scenario: A key that is not said to rotate does not
    When I create a key without its rotation
    Then the call is accepted
    And the answer says that automatic rotation is off

  @KMS2-KEY-002
  Scenario Outline: A name of <kind> is taken
    When I create a key with a name of <kind>
    Then the call is accepted
    And the answer carries that name

    Examples:
      | kind                                |
      | three characters                    |
      | fifteen characters                  |
      | letters, digits, dash and underline |

  @KMS2-KEY-003
  Scenario Outline: A name with <flaw> is refused
    When I create a key named "<name>"
    Then the call is refused

    Examples:
      | flaw                      | name             |
      | no character              |                  |
      | two characters            | kp               |
      | sixteen characters        | kp-0123456789abc |
      | a digit at its head       | 1kp-name         |
      | a dash at its head        | -kp-name         |
      | an underline at its head  | _kp-name         |
      | a space                   | kp name          |
      | a dot                     | kp.name          |
      | letters of another script | kp-이름            |

  @KMS2-KEY-004
  Scenario: A name that is taken is refused
    Given a key
    When I create a key with the name of the key
    Then the call is refused

  @KMS2-KEY-051
  Scenario: A name that is taken breaks a rule
    Given a key
    When I create a key with the name of the key
    Then the call is refused as a broken rule

  @KMS2-KEY-053
  Scenario: A name in capitals is another
    Given a key
    When I create a key with the name of the key in capitals
    Then the call is accepted
    And the answer carries that name

  @KMS2-KEY-005
  Scenario: A memo of 100 characters is kept
    When I create a key with a memo of 100 characters
    Then the call is accepted
    And the answer carries that memo

  @KMS2-KEY-005
  Scenario: A memo of 100 Korean characters is kept
    When I create a key with a memo of 100 Korean characters
    Then the call is accepted
    And the answer carries that memo

  @KMS2-KEY-030
  Scenario: A memo of 101 characters is refused
    When I create a key with a memo of 101 characters
    Then the call is refused

  @KMS2-KEY-006
  Scenario: A memo of 201 characters is refused
    When I create a key with a memo of 201 characters
    Then the call is refused

  @KMS2-KEY-007
  Scenario Outline: A key of type <type> is refused
    When I create a key of type <type>
    Then the call is refused

    Examples:
      | type     |
      | "AES128" |
      | ""       |
      | 256      |

  @KMS2-KEY-021
  Scenario: A key type in small letters is refused
    When I create a key of type "aes256"
    Then the call is refused

  @KMS2-KEY-008
  Scenario Outline: A key with protection <protection> is refused
    When I create a key with protection <protection>
    Then the call is refused

    Examples:
      | protection |
      | "NONE"     |
      | "basic"    |
      | true       |

  @KMS2-KEY-009
  Scenario Outline: A key without its <member> is refused
    When I create a key without its <member>
    Then the call is refused

    Examples:
      | member |
      | name   |
      | type   |

  @KMS2-KEY-020
  Scenario: A key without its protection type is refused
    When I create a key without its protection type
    Then the call is refused

  @KMS2-KEY-056
  Scenario Outline: A key whose <member> is <value> is not made
    When I create a key whose <member> is <value>
    Then the call is refused

    Examples:
      | member             | value       |
      | name               | true        |
      | name               | ["kp-name"] |
      | memo               | 7           |
      | memo               | ["a memo"]  |
      | automatic rotation | "true"      |
      | automatic rotation | 1           |
      | convergence        | "true"      |
      | convergence        | 1           |

  @KMS2-KEY-010
  Scenario: Key info describes the key
    Given a key
    When I ask about the key
    Then the call is accepted
    And the answer describes the key
    And its current version is 1

  @KMS2-KEY-031
  Scenario: Key info names the key in the platform, and where it is
    Given a key
    When I ask about the key
    Then it names itself and where it is

  @KMS2-KEY-032
  Scenario: The resource name of a key has the platform's form
    Given a key
    When I ask about the key
    Then its resource name has the published form

  @KMS2-KEY-033
  Scenario: A key is where it was asked for
    Given a key
    When I ask about the key
    Then it says that it is where it was asked for

  @KMS2-KEY-052
  Scenario: A key tag is 64 hexadecimal digits
    Given a key
    When I ask about the key
    Then its tag is 64 hexadecimal digits in small letters

  @KMS2-KEY-012
  Scenario: A key that does not exist is not found
    Given a key that does not exist
    When I ask about the key
    Then the call is refused as not found

  @KMS2-KEY-016
  Scenario Outline: A disabled key does not <operation>
    Given a key
    And the key serves the account
    When the key is disabled
    And I <operation> with the account
    Then the call is refused

    Examples:
      | operation |
      | encrypt   |
      | decrypt   |

  @KMS2-KEY-017 @under-load
  Scenario: A key that is enabled again decrypts what it encrypted before
    Given a key
    And I encrypt 32 bytes with the account
    When the key is disabled
    And the key is enabled
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-KEY-055 @under-load
  Scenario: A key that is enabled again serves its tokens as before
    Given a key with a token set
    And the access token works
    And I encrypt 32 bytes with the access token
    When the key is disabled
    And I encrypt with the access token
    And the key is enabled
    And I decrypt the ciphertext with the access token
    Then the plaintext comes back
    And the access token works

  @KMS2-KEY-016 @under-load
  Scenario: A disabled key that has served its tokens does not encrypt for the account
    Given a key with a token set
    And the access token works
    When the key is disabled
    And I encrypt with the account
    Then the call is refused

  @KMS2-KEY-018 @under-load
  Scenario: A disabled key serves no token either
    Given a key with a token set
    And the access token works
    When the key is disabled
    Then the access token is refused

  @KMS2-KEY-017
  Scenario: A disabled key can be enabled
    Given a key
    And the key is disabled
    When I enable the key
    Then the call is accepted
    And the key is "ENABLE"

  @KMS2-KEY-019
  Scenario: A disabled key says so
    Given a key
    When I disable the key
    Then the call is accepted
    And the key is "DISABLE"

  @KMS2-KEY-041
  Scenario: A disabled key is not disabled again
    Given a key
    And the key is disabled
    When I disable the key
    Then the call is refused as a broken rule
    And the key is "DISABLE"

  @KMS2-KEY-041
  Scenario: An enabled key is not enabled again
    Given a key
    When I try to enable the key
    Then the call is refused as a broken rule
    And the key is "ENABLE"

  @KMS2-ROT-001
  Scenario: A key that rotates does so every 90 days unless asked otherwise
    When I create a key that rotates
    Then the call is accepted
    And its rotation period is 90 days

  @KMS2-ROT-002
  Scenario Outline: A rotation period of <period> is taken
    When I create a key that rotates every <period>
    Then the call is accepted
    And its rotation period is <period>

    Examples:
      | period   |
      | 1 day    |
      | 730 days |

  @KMS2-ROT-003
  Scenario Outline: A rotation period of <period> is refused
    When I create a key that rotates every <period>
    Then the call is refused

    Examples:
      | period   |
      | -1 days  |
      | 0 days   |
      | 731 days |
      | 1.5 days |
      | "7" days |

  @KMS2-KEY-044
  Scenario Outline: To <change> is answered with the key, its state and the time
    Given a key
    And the key is such that the account can <change>
    When I <change> as the account
    Then the answer names the key, its state "<state>" and the time

    Examples:
      | change               | state   |
      | enable the key       | ENABLE  |
      | disable the key      | DISABLE |
      | request the deletion | REVOKE  |
      | cancel the deletion  | DISABLE |

  @KMS2-KEY-050
  Scenario: What a disabled key does not take breaks a rule
    Given a key with a token set
    And the key is rotated
    And the key serves the account
    And the key is disabled
    When I encrypt with the account
    Then the call is refused as a broken rule
    When I decrypt with the access token
    Then the call is refused as a broken rule
    When I re-encrypt with the account
    Then the call is refused as a broken rule
    When I create a custom key with the account
    Then the call is refused as a broken rule
    When I rotate the key
    Then the call is refused as a broken rule
    When I disable version 1
    Then the call is refused as a broken rule
    When I delete the key
    Then the call is refused as a broken rule

  @KMS2-KEY-050
  Scenario: What a pending key does not take breaks a rule
    Given a key with a token set
    And the deletion of the key is requested
    When I encrypt with the access token
    Then the call is refused as a broken rule
    When I enable the key
    Then the call is refused as a broken rule
    When I change the memo to "pending"
    Then the call is refused as a broken rule

  @KMS2-KEY-050
  Scenario: What a new key does not take breaks a rule
    Given a key
    When I try to delete the key
    Then the call is refused as a broken rule
    When I try to disable version 1
    Then the call is refused as a broken rule
    When I try to change the rotation period to 30 days
    Then the call is refused as a broken rule
    When I try to ask for a token set
    Then the call is refused as a broken rule
