Feature: Migration
  A global key that is disabled can be made an isolated key of one region, for good.

  @KMS2-MIG-001
  Scenario Outline: A disabled key is migrated to <region>
    Given a key
    And the key is disabled
    When I migrate the key to <region>
    Then the call is accepted
    And the answer names the key and the region <region>

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-002
  Scenario: A migrated key is no global key any more
    Given a key
    And the key is disabled
    And the key is migrated to Japan
    When I ask about the key at the host of the global keys
    Then the call is refused

  @KMS2-MIG-003
  Scenario: An enabled key is not migrated
    Given a key
    When I try to migrate the key to Japan
    Then the call is refused
    When I try to migrate the key to Korea
    Then the call is refused

  @KMS2-MIG-003
  Scenario: A key whose deletion is pending is not migrated
    Given a key
    And the deletion of the key is requested
    When I migrate the key to Japan
    Then the call is refused
    When I migrate the key to Korea
    Then the call is refused

  @KMS2-MIG-004
  Scenario Outline: An isolated key is not migrated on to <region>
    Given an isolated key of Japan
    And the key is disabled at the host of Japan
    When I migrate the key to <region>
    Then the call is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-005
  Scenario Outline: A key is not migrated to <region> where an isolated key has its name
    Given a key
    And the key is disabled
    And I create an isolated key of <region> with the name of the key
    When I migrate the key to <region>
    Then the call is refused

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-006
  Scenario Outline: A key is not migrated to "<region>"
    Given a key
    And the key is disabled
    When I migrate the key to <region>
    Then the call is refused

    Examples:
      | region |
      | US     |
      | GLOBAL |
      | JP     |

  @KMS2-MIG-011
  Scenario: A region is not written in small letters
    Given a key
    And the key is disabled
    When I migrate the key to kr
    Then the call is refused
    When I migrate the key to jpn
    Then the call is refused

  @KMS2-MIG-006
  Scenario: A key is not migrated without a region
    Given a key
    And the key is disabled
    When I migrate the key and name no region
    Then the call is refused

  @KMS2-MIG-007
  Scenario: A migrated key decrypts at its region's host what it encrypted before
    Given a key
    When I encrypt 32 bytes with the account
    And the key is disabled
    And the key is migrated to Japan
    And the key is enabled at the host of Japan
    And I decrypt the ciphertext at the host of Japan
    Then the plaintext comes back

  @KMS2-MIG-007
  Scenario Outline: An <kind> key that is migrated to <region> verifies what it signed before
    Given an <kind> key
    And I sign 32 bytes with the account
    And the key is disabled
    And the key is migrated to <region>
    When calls go to the host of <region>
    And the key is enabled
    And I verify the signature with the account
    Then the signature is valid

    Examples:
      | kind    | region |
      | RSA2048 | Korea  |
      | ECDSA   | Korea  |
      | ECDSA   | Japan  |

  @KMS2-MIG-007
  Scenario Outline: A key that is migrated to <region> keeps its versions
    Given a key
    And I encrypt 32 bytes with the account
    And the key is rotated
    And the key is disabled
    And the key is migrated to <region>
    When calls go to the host of <region>
    And the key is enabled
    Then the key has 2 versions
    When I decrypt the ciphertext with the account
    Then the plaintext comes back

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-008
  Scenario Outline: Tokens of a key go on when it is migrated to <region>
    Given a key with a token set
    And the access token works
    And the key is disabled
    And the key is migrated to <region>
    When calls go to the host of <region>
    And the key is enabled
    Then the access token works
    And the refresh token works

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-009
  Scenario Outline: A key that is migrated to <region> is still disabled
    Given a key
    And the key is disabled
    And the key is migrated to <region>
    When calls go to the host of <region>
    Then the key is "DISABLE"

    Examples:
      | region |
      | Korea  |
      | Japan  |

  @KMS2-MIG-010
  Scenario: A migrated key leaves its name to a global key
    Given a key
    And the key is disabled
    And the key is migrated to Korea
    When I create a key with the name of the key
    Then the call is accepted

  @KMS1-HA-003
  Scenario: A migrated key is served by API 1.0 no more
    Given a key
    And the key serves the account over API 1.0
    And the key is disabled
    And the key is migrated to Korea
    When calls go to the host of Korea
    And the key is enabled
    And I encrypt over API 1.0
    Then the call is refused
