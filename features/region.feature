Feature: Regions
  A global key lives in every region and outlives the outage of one. An isolated key lives in its own
  region alone, and API 1.0 in Korea alone.

  @KMS2-HA-001
  Scenario Outline: With <region> down a global key loses no call of <caller>
    Given a key with a token set
    And the access token works
    When <region> is down
    Then <caller> is served 20 times in a row

    Examples:
      | region | caller           |
      | Korea  | the account      |
      | Korea  | the access token |
      | Japan  | the account      |
      | Japan  | the access token |

  @KMS2-HA-001
  Scenario: A region that is back is as good as before
    Given a key with a token set
    When Korea is down
    And Korea is up
    And Japan is down
    Then the account is served 20 times in a row

  @KMS2-HA-002
  Scenario: What one region encrypted, the other decrypts
    Given a key
    When I encrypt 32 bytes with the account
    And Korea is down
    And I decrypt the ciphertext with the account
    Then the plaintext comes back

  @KMS2-HA-003
  Scenario Outline: What is done during an outage holds when it is over: <change>
    Given a key with a token set
    And the access token works
    And Korea is down
    When <change>
    And Korea is up
    Then the access token is refused

    Examples:
      | change                    |
      | the creator is replaced   |
      | the creator is disabled   |
      | the key is disabled       |
      | the IP ACL is switched on |

  @KMS2-HA-003
  Scenario Outline: What is done while Japan is down holds there when it is back: <change>
    Given a key with a token set
    And Korea is down
    And the access token works
    And Korea is up
    And Japan is down
    When <change>
    And Japan is up
    And Korea is down
    Then the access token is refused

    Examples:
      | change                    |
      | the creator is replaced   |
      | the creator is disabled   |
      | the key is disabled       |
      | the IP ACL is switched on |

  @KMS2-HA-004
  Scenario Outline: What shuts a token out reaches the other region within its lag: <change>
    Given the clock stands still
    And a key with a token set
    And the access token works
    And changes reach Japan 2 seconds late
    When <change>
    And 2 seconds pass
    And Korea is down
    Then the access token is refused

    Examples:
      | change                    |
      | the creator is replaced   |
      | the key is disabled       |
      | the IP ACL is switched on |

  @KMS2-HA-005
  Scenario Outline: With <other> down an isolated key of <region> goes on
    Given an isolated key of <region>
    When I encrypt 32 bytes at the host of <region>
    And <other> is down
    And I decrypt the ciphertext at the host of <region>
    Then the plaintext comes back

    Examples:
      | region | other |
      | Korea  | Japan |
      | Japan  | Korea |

  @KMS2-HA-005
  Scenario Outline: With <other> down the tokens of an isolated key of <region> go on
    Given calls go to the host of <region>
    And a key with a token set
    When <other> is down
    Then the access token works
    And the refresh token works

    Examples:
      | region | other |
      | Korea  | Japan |
      | Japan  | Korea |

  @KMS2-HA-006
  Scenario Outline: With <region> down an isolated key of <region> is used nowhere, not at the host of <host>
    Given an isolated key of <region>
    When <region> is down
    And I encrypt 32 bytes at the host of <host>
    Then the call is not served

    Examples:
      | region | host            |
      | Korea  | Korea           |
      | Korea  | Japan           |
      | Korea  | the global keys |
      | Japan  | Japan           |
      | Japan  | Korea           |
      | Japan  | the global keys |

  @KMS2-HA-007
  Scenario Outline: An isolated key of <region> is not found at the host of <host>
    Given an isolated key of <region>
    When I ask about the key at the host of <host>
    Then the call is refused as not found

    Examples:
      | region | host            |
      | Korea  | the global keys |
      | Korea  | Japan           |
      | Japan  | the global keys |
      | Japan  | Korea           |

  @KMS2-HA-008
  Scenario Outline: A global key is not found at the host of <host>
    Given a key
    When I ask about the key at the host of <host>
    Then the call is refused as not found

    Examples:
      | host  |
      | Korea |
      | Japan |

  @KMS1-HA-001
  Scenario: With Korea down API 1.0 serves nobody
    Given a key
    And the key serves the account over API 1.0
    When Korea is down
    And I encrypt over API 1.0 with the account
    Then the call is not served

  @KMS1-HA-004
  Scenario: With Korea down the gateway of API 1.0 says so
    Given a key
    And the key serves the account over API 1.0
    When Korea is down
    And I encrypt over API 1.0 with the account
    Then the gateway answers that its endpoint failed

  @KMS1-HA-002
  Scenario: With Japan down API 1.0 goes on
    Given a key
    When Japan is down
    Then the key serves the account over API 1.0
