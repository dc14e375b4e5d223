Feature: Rotation by itself
  A key may rotate by itself, every 1 to 730 days.

  @KMS2-ROT-007
  Scenario: Switched on, a key rotates every 90 days
    Given a key
    When I switch automatic rotation on as the account
    Then the answer is about the key
    And the answer says that automatic rotation is on
    And the answer says that the key rotates every 90 days
    And automatic rotation is on
    And the next rotation is 90 days from now

  @KMS2-ROT-008
  Scenario: Switched off, a key does not rotate by itself
    Given a key that rotates every 30 days
    When I switch automatic rotation off as the account
    Then the answer is about the key
    And the answer says that automatic rotation is off
    And automatic rotation is off

  @KMS2-ROT-009
  Scenario: A key does not rotate by itself unless asked
    When I create a key
    Then the answer says that automatic rotation is off

  @KMS2-ROT-010
  Scenario: The period is not changed while automatic rotation is off
    Given a key
    When I try to change the rotation period to 30 days
    Then the call is refused

  @KMS2-ROT-011
  Scenario Outline: A period of <period> is taken for a key that rotates
    Given a key that rotates every 30 days
    When I change the rotation period to <period>
    Then the answer is about the key
    And the answer says that the key rotates every <period>
    When I ask about the key
    Then its rotation period is <period>

    Examples:
      | period   |
      | 1 day    |
      | 730 days |

  @KMS2-ROT-012
  Scenario: A period that is no whole number of days within the bounds is refused for a key that rotates
    Given a key that rotates every 30 days
    And the next rotation is noted
    When I change the rotation period to -1 days
    Then the call is refused
    When I change the rotation period to 0 days
    Then the call is refused
    When I change the rotation period to 731 days
    Then the call is refused
    When I change the rotation period to 1.5 days
    Then the call is refused
    When I change the rotation period to "7" days
    Then the call is refused
    And the next rotation is as noted

  @KMS2-ROT-013
  Scenario: A change of the period names one
    Given a key that rotates every 30 days
    When I change the rotation period and name none
    Then the call is refused

  @KMS2-ROT-014
  Scenario Outline: A key that rotates every day has <versions> <when> the day is over
    Given a key that rotates every 1 day
    And the clock stands still
    When <time> pass
    Then the key has <versions>

    Examples:
      | when            | time                    | versions   |
      | a minute before | 23 hours and 59 minutes | 1 version  |
      | a minute after  | 24 hours and 1 minute   | 2 versions |
      | two days after  | 72 hours and 1 minute   | 4 versions |

  @KMS2-ROT-014
  Scenario: What was encrypted before a key rotated by itself decrypts after it
    Given a key that rotates every 1 day
    And I encrypt 32 bytes with the account
    When 24 hours and 1 minute pass
    And I decrypt the ciphertext with the account
    Then the plaintext comes back
    When I encrypt 32 bytes with the account
    Then the ciphertext carries the prefix of version 2

  @KMS2-ROT-009 @needs-clock
  Scenario: A key that was not asked to rotate has one version two years later
    Given a key
    When 17544 hours pass
    Then the key has 1 version

  @KMS2-ROT-008 @needs-clock
  Scenario: A key whose automatic rotation was switched off has one version after its period
    Given a key that rotates every 1 day
    When automatic rotation is switched off
    And 24 hours and 1 minute pass
    Then the key has 1 version

  @KMS2-ROT-015 @serial
  Scenario: A rotation by hand leaves the next one by itself where it was
    Given a key that rotates every 30 days
    And the next rotation is noted
    And a minute passes if the clock can be set
    When I rotate the key
    Then the call is accepted
    And the next rotation is as noted

  @KMS2-ROT-016
  Scenario: A disabled key does not rotate by itself
    Given a key that rotates every 1 day
    When the key is disabled
    And 24 hours and 1 minute pass
    Then the key has 1 version

  @KMS2-ROT-017
  Scenario: The next rotation is a period from the change of the period
    Given a key that rotates every 30 days
    When I change the rotation period to 7 days
    Then the next rotation is 7 days from now

  @KMS2-ROT-018
  Scenario: Switched on again, a key keeps its period
    Given a key that rotates every 30 days
    When automatic rotation is switched off
    And I switch automatic rotation on as the account
    Then the answer says that the key rotates every 30 days

  @KMS2-ROT-019
  Scenario: Automatic rotation that is on is not switched on again
    Given a key that rotates every 30 days
    When I switch automatic rotation on as the account
    Then the call is refused as a broken rule

  @KMS2-ROT-019
  Scenario: Automatic rotation that is off is not switched off again
    Given a key
    When I try to switch automatic rotation off as the account
    Then the call is refused as a broken rule

  @KMS2-ROT-020
  Scenario: A period for a key that does not rotate by itself means nothing
    When I create a key that does not rotate, every 30 days
    Then the answer says that automatic rotation is off

  @KMS2-ROT-021
  Scenario: A key that does not rotate by itself names no period
    When I create a key
    Then the answer names no period and no next rotation

  @KMS2-ERR-004
  Scenario: Nothing comes of a new rotation period that is no JSON or cut off
    Given a key that rotates every 30 days
    And the next rotation is noted
    When I send a new rotation period that is no JSON
    Then the call is refused
    When I send a new rotation period that is cut off
    Then the call is refused
    And the next rotation is as noted

  @KMS2-ERR-004
  Scenario: Nothing comes of a new rotation period that is with a member twice
    Given a key that rotates every 30 days
    And the next rotation is noted
    When I send a new rotation period that is with a member twice
    Then the call is refused
    And the next rotation is as noted
