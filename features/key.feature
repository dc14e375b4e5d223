Feature: Keys
  An account creates keys, asks about them and lists them.

  @KMS2-KEY-001 @KMS2-ERR-001
  Scenario: A new key is as it was asked for, and enabled
    When I create a key
    Then the call is accepted
    And the answer describes the new key
    And the new key is "ENABLE"

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

  @KMS2-KEY-005
  Scenario: A memo of 100 characters is kept
    When I create a key with a memo of 100 characters
    Then the call is accepted
    And the answer carries that memo

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

  @KMS2-KEY-010
  Scenario: Key info describes the key
    Given a key
    When I ask about the key
    Then the call is accepted
    And the answer describes the key
    And its current version is 1

  @KMS2-KEY-011
  Scenario Outline: To <manage> is refused where the key does not exist
    Given a key that does not exist
    When I <manage> as the account
    Then the call is refused

    Examples:
      | manage                          |
      | ask about the key               |
      | enable the key                  |
      | disable the key                 |
      | rename the key                  |
      | change the memo                 |
      | request the deletion            |
      | cancel the deletion             |
      | delete the key                  |
      | rotate the key                  |
      | change the rotation period      |
      | switch automatic rotation on    |
      | switch automatic rotation off   |
      | list the versions               |
      | enable a version                |
      | disable a version               |
      | read the activity log           |
      | ask for the last use            |
      | ask about the creator           |
      | enable the creator              |
      | replace the creator             |
      | disable the creator             |
      | ask for a token set             |
      | switch the IP ACL on            |
      | switch the IP ACL off           |
      | read the IP ACL                 |
      | add an address to the IP ACL    |
      | delete an address of the IP ACL |

  @KMS2-KEY-012
  Scenario: A key that does not exist is not found
    Given a key that does not exist
    When I ask about the key
    Then the call is refused as not found

  @KMS2-KEY-013
  Scenario: The list holds the keys of the account
    Given a key
    And another key
    When I list all keys
    Then the list holds the key
    And the list holds the other key

  @KMS2-KEY-014
  Scenario: A page of the list holds no more than asked for
    Given a key
    And another key
    When I list keys with 1 a page
    Then the call is accepted
    And the list holds 1 key
    And the pages hold all keys together

  @KMS2-KEY-015
  Scenario Outline: A page of <size> keys is refused
    When I list keys with <size> a page
    Then the call is refused as a bad request

    Examples:
      | size |
      | 0    |
      | 201  |

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

  @KMS2-KEY-018
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

  @KMS2-DEL-001
  Scenario: A key whose deletion was requested is pending
    Given a key
    When I request the deletion of the key
    Then the call is accepted
    And the key is "REVOKE"

  @KMS2-DEL-002
  Scenario: Only a pending key is deleted
    Given a key
    When I delete the key
    Then the call is refused
    And the key is "ENABLE"

  @KMS2-DEL-003
  Scenario: A cancelled deletion leaves the key disabled
    Given a key
    And the deletion of the key is requested
    When I cancel the deletion of the key
    Then the call is accepted
    And the key is "DISABLE"

  @KMS2-DEL-004
  Scenario: A deleted key is gone
    Given a key
    And the deletion of the key is requested
    When I delete the key
    Then the call is accepted
    When I ask about the key
    Then the call is refused

  @KMS2-DEL-005
  Scenario: A pending key does not encrypt
    Given a key
    And the key serves the account
    When the deletion of the key is requested
    And I encrypt with the account
    Then the call is refused

  @KMS2-DEL-006
  Scenario Outline: A pending key is <fate> 72 hours after the request
    Given a key
    And the clock stands still
    When the deletion of the key is requested
    And <time> pass
    And I ask about the key
    Then the call is <answer>

    Examples:
      | fate                     | time                    | answer   |
      | there a minute before    | 71 hours and 59 minutes | accepted |
      | gone a minute later than | 72 hours and 1 minute   | refused  |

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
